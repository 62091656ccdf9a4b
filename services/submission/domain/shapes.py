"""What a value looks like, without what it says: all of it that may leave a claim."""

from __future__ import annotations


def shape_of(value: str) -> str:
    """A for a letter, 9 for a digit, `?` for whatever is neither: a mark may be the patient's too."""
    return "".join(map(_class_of, value))


def _class_of(character: str) -> str:
    if character.isascii() and character.isdigit():
        return "9"
    return "A" if character.isalpha() else "?"
