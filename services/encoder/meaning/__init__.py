"""Search by meaning: an optional adapter that turns words into vectors and finds the nearest names of codes.

Needs the extra `meaning`. Nothing outside this package imports numpy or the tokenizer, and without them search answers
by words alone.
"""
