"""A thing that is wrong at a place, told so that a person can mend it and a program can find it."""

from __future__ import annotations

from shared.claims import Model


class Problem(Model):
    """`pointer` is a JSON pointer (RFC 6901), `x12` the claim's element; `message` holds nothing of the patient."""

    code: str
    pointer: str
    message: str
    x12: str | None = None


def pointer(*steps: str | int) -> str:
    """A JSON pointer of its steps, escaped as RFC 6901 §3 says."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
