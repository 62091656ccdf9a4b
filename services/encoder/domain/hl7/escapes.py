"""The escape sequences of HL7 v2 (chapter 2, section 2.7).

The library's own `unescape` is not used: it logs the field when a sequence is bad, repeats `.sp` as often as a message
asks, and reads `\\X..\\` byte by byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOST_SPACES = 100
_LONGEST_SEQUENCE = 200
_LINE_BREAKS = {".br", ".ce"}
_IGNORED = {"H", "N", ".fi", ".nf"}


@dataclass(frozen=True)
class Delimiters:
    """The characters that part a message, as its MSH-1 and MSH-2 name them."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def encoding_characters(self) -> str:
        """MSH-2."""
        return f"{self.component}{self.repetition}{self.escape}{self.subcomponent}"

    def unescape(self, value: str, charset: str = "utf-8") -> str:
        """The value as it was meant; a sequence that nobody knows is left as it stands."""
        if self.escape not in value:
            return value
        mark = re.escape(self.escape)
        sequence = re.compile(f"{mark}([^{mark}\r\n]{{1,{_LONGEST_SEQUENCE}}}){mark}")
        return sequence.sub(lambda match: self._meaning(match[1], match[0], charset), value)

    def escaped(self, value: str) -> str:
        """The value as it may stand in a message: `unescape` gives it back, line ends as a line feed."""
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return "".join(self._written(character) for character in text)

    def _written(self, character: str) -> str:
        names = {self.field: "F", self.component: "S", self.repetition: "R", self.escape: "E", self.subcomponent: "T"}
        if character in names:
            return f"{self.escape}{names[character]}{self.escape}"
        if character == "\n":
            return f"{self.escape}.br{self.escape}"
        if ord(character) < 0x20:
            return f"{self.escape}X{ord(character):02X}{self.escape}"
        return character

    def _meaning(self, name: str, as_written: str, charset: str) -> str:
        plain = {"F": self.field, "S": self.component, "R": self.repetition, "E": self.escape, "T": self.subcomponent}
        if name in plain:
            return plain[name]
        command = name.lower()
        if command in _LINE_BREAKS:
            return "\n"
        if name in _IGNORED or command in _IGNORED:
            return ""
        if name[0] == "X":
            return _from_hexadecimal(name[1:], charset, as_written)
        return _spacing(command, as_written)


def _from_hexadecimal(digits: str, charset: str, as_written: str) -> str:
    try:
        text = bytes.fromhex(digits).decode(charset)
    except ValueError:
        return as_written
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _spacing(command: str, as_written: str) -> str:
    """`.sp<n>` ends n lines; `.sk<n>`, `.in<n>` and `.ti<n>` are n spaces. n is bounded: a message is not a program."""
    amount = command[3:].lstrip("+-")
    count = min(int(amount), _MOST_SPACES) if amount.isascii() and amount.isdigit() else 1
    match command[:3]:
        case ".sp":
            return "\n" * count
        case ".sk" | ".in" | ".ti":
            return " " * count
    return as_written
