"""Format repairs: what may be put right without asking, because it changes no meaning.

Case, blanks, trailing separators, and the last four digits of a ZIP code where the same address stands elsewhere with
all nine. Never a code, a unit, a date, an amount, or a number by which a person or a claim is known, save the
punctuation of a Medicare beneficiary identifier as it is printed on the card. Each repair is a small pure function; a
tenant can switch each one off by its id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim, ClaimParts
from services.scrubber.domain.edits.payer import MEDICARE
from services.scrubber.domain.x12_place import path_of
from shared.claims import AS_RECEIVED, Address, FormatRepair, Mbi

_BLANKS = re.compile(r"\s+")
_UNTIDY = re.compile(r"[ \n] | \n")
_ENDS_IN_SEPARATOR = re.compile(r"[~*:^|,;]\n")
"""In a text of lines."""
_TRAILING = re.compile(r"[\s~*:^|,;]+$")
_ZIP_PLUS_FOUR_ENTITIES = frozenset({"85", "77", "87"})
_ZIP_DIGITS, _ZIP_PLUS_FOUR_DIGITS = 5, 9

Change = tuple[str, str, str]
"""Pointer, before, after."""


@dataclass(frozen=True)
class RepairRule:
    """One kind of repair: `find` yields what it would change, nothing where all is well."""

    id: str
    title: str
    find: Callable[[AnyClaim, ClaimParts, Sequence[Address]], Iterator[Change]]


class Repaired(NamedTuple):
    """The claim with its format put right, its parts, and every change with before and after."""

    claim: AnyClaim
    parts: ClaimParts
    repairs: tuple[FormatRepair, ...]


def repair(
    claim: AnyClaim,
    parts: ClaimParts,
    *,
    known_addresses: Sequence[Address] = (),
    switched_off: Collection[str] = (),
) -> Repaired:
    """Put the format of a claim right.

    `known_addresses` are those of the provider record. Repairing a repaired claim changes nothing.
    """
    made: list[FormatRepair] = []
    for rule in RULES.values():
        if rule.id in switched_off:
            continue
        changes = [change for change in rule.find(claim, parts, known_addresses) if change[1] != change[2]]
        if changes:
            claim = with_changes(claim, changes)
            parts = ClaimParts.of(claim)
            made += [FormatRepair(repair_id=rule.id, pointer=p, before=old, after=new) for p, old, new in changes]
    return Repaired(claim, parts, tuple(made))


def with_changes(claim: AnyClaim, changes: Sequence[Change]) -> AnyClaim:
    """The claim with these texts in their places; a part that was not there comes to be with what it must hold."""
    document = claim.model_dump()
    for pointer, _, after in changes:
        *parents, last = path_of(pointer)
        place: Any = document
        for step in parents:
            if place[step] is None:
                place[step] = {}
            place = place[step]
        place[last] = after
    return type(claim).model_validate(document, context=AS_RECEIVED)


def _blanks(claim: AnyClaim, parts: ClaimParts, known: Sequence[Address]) -> Iterator[Change]:
    if not _UNTIDY.search(parts.text):
        return
    for pointer, text in parts.words:
        if "  " in text or text[0] == " " or text[-1] == " ":
            yield from _shortened(pointer, text, _BLANKS.sub(" ", text).strip())


def _trailing_separators(claim: AnyClaim, parts: ClaimParts, known: Sequence[Address]) -> Iterator[Change]:
    if not _ENDS_IN_SEPARATOR.search(parts.text):
        return
    for pointer, text in parts.words:
        if text[-1] in "~*:^|,;":
            yield from _shortened(pointer, text, _TRAILING.sub("", text))


def _shortened(pointer: str, before: str, after: str) -> Iterator[Change]:
    """The change, unless too little would be left to be a city or a name."""
    if len(after) >= _least(pointer):
        yield pointer, before, after


def _least(pointer: str) -> int:
    return 2 if pointer.endswith(("/city", "/state")) else 1


def _state_case(claim: AnyClaim, parts: ClaimParts, known: Sequence[Address]) -> Iterator[Change]:
    for pointer, _, address in parts.addresses:
        if address.state is not None and address.state.isascii() and address.state.islower():
            yield f"{pointer}/state", address.state, address.state.upper()


def _zip_plus_four(claim: AnyClaim, parts: ClaimParts, known: Sequence[Address]) -> Iterator[Change]:
    short = [
        (pointer, address)
        for pointer, entity, address in parts.addresses
        if entity in _ZIP_PLUS_FOUR_ENTITIES and address.zip_code is not None and len(address.zip_code) == _ZIP_DIGITS
    ]
    if not short:
        return
    provider_addresses = [address for _, entity, address in parts.addresses if entity in _ZIP_PLUS_FOUR_ENTITIES]
    whole = _whole_zips([*known, *provider_addresses])
    for pointer, address in short:
        found = whole.get(_street(address), set())
        if len(found) == 1 and (full := next(iter(found))).startswith(str(address.zip_code)):
            yield f"{pointer}/zip_code", str(address.zip_code), full


def _whole_zips(known: Sequence[Address]) -> dict[tuple[str, ...], set[str]]:
    """Nine-digit ZIP codes by street address; an address with two of them settles nothing."""
    whole: dict[tuple[str, ...], set[str]] = {}
    for address in known:
        code = address.zip_code
        if code is not None and len(code) == _ZIP_PLUS_FOUR_DIGITS and code.problem is None:
            whole.setdefault(_street(address), set()).add(str(code))
    return whole


def _street(address: Address) -> tuple[str, ...]:
    return tuple(
        _BLANKS.sub(" ", text or "").strip().upper()
        for text in (address.line1, address.line2, address.city, address.state)
    )


def _mbi_punctuation(claim: AnyClaim, parts: ClaimParts, known: Sequence[Address]) -> Iterator[Change]:
    for position, coverage in enumerate(claim.coverages):
        member_id = coverage.subscriber.member_id
        if coverage.filing_indicator not in MEDICARE or member_id is None or Mbi.problem_of(member_id) is None:
            continue
        plain = Mbi.normalise(_BLANKS.sub("", member_id))
        if Mbi.problem_of(plain) is None:
            yield f"/coverages/{position}/subscriber/member_id", str(member_id), plain


def _telephone_digits(claim: AnyClaim, parts: ClaimParts, known: Sequence[Address]) -> Iterator[Change]:
    for pointer, _, provider in parts.providers:
        telephone = provider.contact.telephone if provider.contact else None
        if telephone is None or telephone.isdigit():
            continue
        digits = re.sub(r"[\s().+-]", "", telephone)
        if re.fullmatch(r"1?\d{10}", digits):
            yield f"{pointer}/contact/telephone", telephone, digits[-10:]


RULES: Mapping[str, RepairRule] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            RepairRule("blanks", "Leading, trailing and double blanks in names and addresses go", _blanks),
            RepairRule("trailing-separators", "Separators at the end of a name or address go", _trailing_separators),
            RepairRule("state-case", "A state is written in capitals", _state_case),
            RepairRule("zip-plus-four", "A provider's ZIP code gets the four digits its address has", _zip_plus_four),
            RepairRule("mbi-punctuation", "A Medicare id is written without hyphens, in capitals", _mbi_punctuation),
            RepairRule("telephone-digits", "A telephone number is ten digits", _telephone_digits),
        )
    }
)
"""Every repair by its id, in the order in which they are made."""
