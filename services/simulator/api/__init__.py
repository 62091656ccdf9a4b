"""The REST routers: parse, call the mailbox, answer."""
