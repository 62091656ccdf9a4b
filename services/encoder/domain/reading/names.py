"""What the words of a title ask for: those it needs, those that may be there, and the side, sex or trimester it is for.

A title of the tabular list says more than a chart does. Nonessential modifiers stand in brackets (Official Guidelines,
section I.A.7), `unspecified` and NOS are what stands where nothing is said (I.A.6.b, I.A.9.b), `and` means and/or
(I.A.14), and `without` is what is assumed until the chart says with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.encoder.domain.reading.words import WordReader

_ENCOUNTER = re.compile(r",? (?:initial encounter|subsequent encounter|sequela)\b.*$", re.IGNORECASE)
_SQUARE = re.compile(r"\s*\[[^\]]*\]")
_ALSO_NAMED = re.compile(r"^(?!Poisoning).*\[(?!other|part|any)([a-z][a-z' -]{3,}|[A-Z]\w*(?:[ '-]\w+)* disease)\]$")
"""What a title ends with as another name: acute obstructive laryngitis [croup]. Capitals alone stand for too much."""
_ROUND = re.compile(r"\(([^()]*)\)")
_CODES_NAMED = re.compile(r"\([^()]*\b[A-TV-Z]\d[0-9A-Z][^()]*\)")
_WITHOUT = re.compile(r"(?:,\s*|\b)((?:without|not)\b[^,]*?)(?=,|\bwith\b|\bin\b|\bwithout\b|$)", re.IGNORECASE)
_OR_UNSPECIFIED = re.compile(r"\b(\w+) or unspecified\b", re.IGNORECASE)
"""Chronic or unspecified: what it is said to be changes nothing."""
_NO_FOREIGN_BODY = re.compile(r" without foreign body(?= of\b)", re.IGNORECASE)
_UNSPECIFIED_PHRASE = re.compile(
    r"(?:,|\bof|\bin|\bat|\bdue to|\bwith)\s+(unspecified\s+((?:(?!\bof\b|\bwith\b|\band\b|\bin\b|\bdue\b)[^,(])*))",
    re.IGNORECASE,
)
_RESIDUAL = re.compile(r"\b(?:other|others|NEC|elsewhere classified|specified)\b", re.IGNORECASE)
_EMPTY = re.compile(r"\b(?:unspecified|NOS|uncomplicated|type unspecified|if applicable)\b", re.IGNORECASE)
_TRIMESTER = re.compile(r",?\s*(?:\b(?:in|of)\s+)?\b(first|second|third|unspecified) trimester\b", re.IGNORECASE)
_BREAST = re.compile(r"\b(female|male) breast|, (female|male)$", re.IGNORECASE)
_SIDE = re.compile(
    r"\b(right|left|bilateral|unspecified)\b(?! (?:anterior|posterior|main|circumflex|coronary|ventric|bundle|heart"
    r"|atri|sided?\b))",
    re.IGNORECASE,
)
_UNILATERAL = re.compile(r"\bunilateral\b", re.IGNORECASE)
_AS_CAUSE = re.compile(r" as the cause of diseases classified (?:elsewhere|to other chapters)", re.IGNORECASE)
_EXCEPT = re.compile(r",? (?:except|excluding)\b.*$", re.IGNORECASE)
_INCLUDING = re.compile(r",? including [^,]*", re.IGNORECASE)
_LIMBS = {
    "lower": ("lower extremity", "lower limb", "leg", "lower leg", "thigh", "calf", "shin", "foot", "ankle", "knee"),
    "upper": ("upper extremity", "upper limb", "arm", "upper arm", "forearm", "elbow", "wrist", "hand"),
}
_ALSO_SAID = {
    "Malignant neoplasm of": ("cancer of", "carcinoma of", "adenocarcinoma of"),
    "Non-pressure chronic ulcer": ("ulcer",),
    "muscle, fascia and tendon at neck level": ("neck", "neck muscle", "cervical muscle"),
    "muscle, fascia and tendon": ("muscle", "tendon"),
    "muscle, fascia and tendon of": ("",),
    "muscle and tendon of": ("", "muscle of"),
    "muscle(s) and tendon(s) of": ("",),
    "shoulder joint": ("shoulder",),
    "Open bite of": ("bite of", "dog bite of", "cat bite of", "animal bite of", "human bite of"),
    "one rib": ("rib",),
    **{
        f"meta{which} bone, {side} {part}": (f"meta{which}, {side}", f"meta{which} bone, {side}")
        for which, part in (("carpal", "hand"), ("tarsal", "foot"))
        for side in ("right", "left", "unspecified")
    },
    "perineal laceration during delivery": ("perineal laceration",),
    **{f"{which} {limb}": parts for which, parts in _LIMBS.items() for limb in ("limb", "extremity")},
    "upper limb, including shoulder": ("arm", "upper arm", "forearm", "shoulder", "hand", "wrist", "elbow"),
    "lower limb, including hip": ("leg", "lower leg", "thigh", "calf", "foot", "ankle", "hip", "knee"),
    "trunk": ("back", "upper back", "lower back", "chest", "abdomen"),
    "ankle and joints of right foot": ("right ankle", "right foot"),
    "ankle and joints of left foot": ("left ankle", "left foot"),
    "ankle and joints of unspecified foot": ("unspecified ankle", "unspecified foot"),
    "joints of right hand": ("right hand",),
    "joints of left hand": ("left hand",),
}
"""What titles word otherwise than charts: parts of a larger whole; cancers, which the index has under their site."""
_IMPLIED = re.compile(
    r", (right|left|bilateral|unspecified) ((?:eye|ear|(?:upper|lower) (?:limb|extremit))\w*)", re.IGNORECASE
)
"""Where a disease is, said after it only for the side."""
_CHOICE = re.compile(r"\b([\w-]+),? (?:and/or|and|or) ([\w-]+)\b", re.IGNORECASE)
_SIDED = re.compile(r"\b(?:right|left) ((?:[a-z]+ )?[a-z]+)")

_NOTHING_SAID = frozenset(
    [
        "site",
        "sites",
        "part",
        "parts",
        "organism",
        "cause",
        "type",
        "location",
        "ligament",
        "severity",
        "degree",
        "duration",
        "etiology",
        "behavior",
        "element",
        "quadrant",
        "stage",
        "form",
        "episode",
        "whether",
        "nature",
        "origin",
        "muscle",
        "tendon",
    ]
)
"""What a title names only to say that it is not known which."""

VARIANT, RESIDUAL = 2, 6


@dataclass(frozen=True, slots=True)
class Bag:
    """The words of one name of a code."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    side: str = ""
    """`right`, `left`, `bilateral`; empty where the code has none or leaves it open."""
    sex: str = ""
    trimester: str = ""
    rank: int = 0
    """The lower the closer are name and code."""


def sided_parts(titles: Iterable[str]) -> frozenset[str]:
    """The parts of the body that titles call right or left."""
    found: set[str] = set()
    for title in titles:
        for part in _SIDED.findall(title):
            found.update((part, part.split()[0]))
    return frozenset(found)


def bags_of(text: str, reader: WordReader, sided: frozenset[str]) -> Iterator[Bag]:
    """Every way to say a title: the whole of it, and with each side of its `and` and `or` alone."""
    text = _EXCEPT.sub("", _AS_CAUSE.sub("", text))
    for words, others in _ALSO_SAID.items():
        if words in text:
            for other in others:
                yield from (
                    replace(bag, rank=bag.rank + VARIANT) for bag in _bags(text.replace(words, other), reader, sided)
                )
    yield from _bags(_INCLUDING.sub("", text), reader, sided)


def other_name(title: str) -> str:
    """What a title gives as another name at its end; empty where it gives none."""
    found = _ALSO_NAMED.search(title)
    return found[1] if found else ""


def bag_of_phrase(text: str, reader: WordReader) -> Bag:
    """A phrase of our own is said as it stands."""
    return Bag(frozenset(reader.stems(text)))


def _bags(text: str, reader: WordReader, sided: frozenset[str]) -> Iterator[Bag]:
    plain, optional, traits = _taken_apart(text, sided)
    whole = replace(traits, required=frozenset(reader.stems(plain)), optional=frozenset(reader.stems(optional)))
    if whole.required:
        yield replace(whole, optional=whole.optional - whole.required)
    for match in list(_CHOICE.finditer(plain))[:2]:
        for kept, dropped in ((1, 2), (2, 1)):
            shorter = plain[: match.start()] + match.group(kept) + plain[match.end() :]
            required = frozenset(reader.stems(shorter))
            spare = frozenset(reader.stems(match.group(dropped)))
            if required and required != whole.required:
                rank = whole.rank + VARIANT
                yield replace(whole, required=required, optional=(whole.optional | spare) - required, rank=rank)


def _taken_apart(text: str, sided: frozenset[str]) -> tuple[str, str, Bag]:
    text = _OR_UNSPECIFIED.sub(r"(\1)", _SQUARE.sub("", _CODES_NAMED.sub("", _ENCOUNTER.sub("", text))))
    optional = " ".join([*_ROUND.findall(text), *(place for _side, place in _IMPLIED.findall(text))])
    both = "(bilateral)" in text
    text = _IMPLIED.sub(r", \1", _ROUND.sub(" ", text))
    text, trimester = _cut(_TRIMESTER, text)
    text, sex = _sex(text)
    rank = RESIDUAL if _RESIDUAL.search(text) else 0
    text = _RESIDUAL.sub(" ", text)
    text = _NO_FOREIGN_BODY.sub("", text)
    for phrase in _WITHOUT.findall(text):
        optional += f" {phrase}"
    text = _WITHOUT.sub(" ", text)
    text = _UNSPECIFIED_PHRASE.sub(lambda match: _unspecified(match, sided), text)
    sides = [side.lower() for side in _SIDE.findall(text)]
    side = next((each for each in sides if each in ("right", "left", "bilateral")), "bilateral" if both else "")
    if side:
        text = _UNILATERAL.sub(" ", text)
    text = _EMPTY.sub(" ", _SIDE.sub(" ", text))
    open_trimester = "" if trimester == "unspecified" else trimester
    return text, optional, Bag(frozenset(), side=side, sex=sex, trimester=open_trimester, rank=rank)


def _unspecified(match: re.Match[str], sided: frozenset[str]) -> str:
    """`unspecified knee` is a knee of a side that is not said; `unspecified ligament` is nothing said at all."""
    named = match.group(2).strip().lower()
    words = named.split()
    if named in sided or " ".join(words[:2]) in sided or not _NOTHING_SAID.intersection(words):
        return f" {named} "
    return " "


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    match = pattern.search(text)
    return (text, "") if match is None else (pattern.sub("", text), match.group(1).lower())


def _sex(text: str) -> tuple[str, str]:
    match = _BREAST.search(text)
    if match is None:
        return text, ""
    sex = (match.group(1) or match.group(2)).lower()
    return _BREAST.sub(" breast" if match.group(1) else "", text), "M" if sex == "male" else "F"
