"""An old estimate carried to another date, step by step."""
