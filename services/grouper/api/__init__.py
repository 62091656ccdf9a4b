"""REST of the grouper: parse, call a handler, answer."""
