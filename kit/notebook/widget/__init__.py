"""A question on the page, live."""
