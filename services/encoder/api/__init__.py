"""The REST routers: parse, call a handler, answer."""
