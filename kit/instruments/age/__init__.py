"""An old estimate converted to another date, step by step."""
