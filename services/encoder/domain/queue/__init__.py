"""The coders' queue: where a chart waits and why, who may take it, what holds it, what needs no coder."""
