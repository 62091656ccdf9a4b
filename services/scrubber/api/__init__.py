"""REST of the scrubber: parse, call a handler, answer."""
