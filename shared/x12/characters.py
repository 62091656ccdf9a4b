"""The character sets of X12 (005010X222A1 appendix B.1.1.2) and how other text is brought into them."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

CharacterSet = Literal["basic", "extended"]
"""Basic: capitals, digits, blank and ! " & ' ( ) * + , - . / : ; ? =. Extended: also small letters and
% @ [ ] _ { } \\ | < > ~ # $ ^ `."""

ALLOWED: dict[CharacterSet, str] = {
    "basic": r"""A-Z0-9 !"&'()*+,\-./:;?=""",
    "extended": r"""A-Za-z0-9 !"&'()*+,\-./:;?=%@\[\]_{}\\|<>~#$^`""",
}
"""Each set as the inside of a regular expression's class."""

_ALLOWED_BYTES = {
    name: bytes(code for code in range(0x20, 0x7F) if re.match(f"[{allowed}]", chr(code)))
    for name, allowed in ALLOWED.items()
}

_SPELT = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l",
        "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Þ": "TH", "þ": "th", "ı": "i",
        "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "´": "'",
        "‐": "-", "‑": "-", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\t": " ",
    }
)  # fmt: skip
"""Letters that no accent can be taken from, and typographic marks."""


def transliterate(text: str, character_set: CharacterSet) -> str:
    """`text` with accents taken off, special letters spelt out, and capitals where the set has no small letters.

    Characters that have no counterpart are left as they are.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_SPELT))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return plain.upper() if character_set == "basic" else plain


def in_set(content: bytes, character_set: CharacterSet, separators: str) -> bool:
    """Whether every byte is a character of the set or a separator."""
    return not content.translate(None, _ALLOWED_BYTES[character_set] + separators.encode())
