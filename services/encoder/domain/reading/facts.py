"""What the documents say of the patient and the encounter that decides between codes of one condition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[a-z]+")
_FEMALE = ("woman", "female", "girl", "lady", "she", "her", "gravida")
_MALE = ("man", "male", "boy", "gentleman", "he", "his")
_PREGNANT_WOMAN = re.compile(r"\bpregnan\w")
_AGED = re.compile(r"\b\d{1,3}\s?-?\s?([FM])\b", re.IGNORECASE)
_WEEKS = re.compile(
    r"\b(\d{1,2})(?:\s*(?:\+|and)?\s*\d/7|w\d?d?)?[\s-]*(?:weeks?|wks?)['’]?(?:\s+(?:and\s+)?\d\s+days?)?"
    r"[\s,]*(?:of\s+|pregnant|gestation|gravid|GA\b|IUP)",
    re.IGNORECASE,
)
_WEEKS_AFTER = re.compile(
    r"\b(?:pregnant|gestation\w*(?:\s+age)?|IUP|EGA|GA)\s*(?:at|of|:|is)?\s*(\d{1,2})\s*(?:weeks?|wks?|w)\b",
    re.IGNORECASE,
)
_WEEKS_OF_GRAVIDA = re.compile(r"\bG\d+\s?P\d+\w*[^.]{0,30}?\bat\s+(\d{1,2})\s*(?:weeks?|wks?)\b", re.IGNORECASE)
_WEEKS_AND_DAYS = re.compile(r"\b(\d{1,2})(?:w|\+)[0-6](?:d\b|/7| weeks?)", re.IGNORECASE)
_WEEKS_SAID = (_WEEKS, _WEEKS_AFTER, _WEEKS_OF_GRAVIDA, _WEEKS_AND_DAYS)
_PREGNANT = re.compile(
    r"\bpregnan(?:t|cy)\b|\bIUP\b|\bprenatal (?:visit|care|course)\b|\bin (?:\w+ )?labou?r\b|\bgestational (?!age)"
    r"|\b(?:weeks?|wks?)['’]?(?: of)? gestation\b|\bpost-?partum\b|\bante-?partum\b|\bpuerper\w+|\bdelivery note\b"
    r"|gravidarum|\b(?:missed|spontaneous|threatened|incomplete) abortion|\bmiscarriage|\bpre-?term labou?r"
    r"|\bpre-?eclampsia"
    r"|\b(?:vaginal|cesarean|caesarean) delivery of\b|\b\d{1,2}w[0-6]d?\b|\b\d{1,2}\s?\+\s?[0-6] weeks\b",
    re.IGNORECASE,
)
_NOT_PREGNANT = re.compile(
    r"\b(?:not|non|denies|negative for|no|never|avoid(?:ing)?|before|after|since|prevent(?:ing)?)\s*-?\s*"
    r"(?:(?:currently|her|his|the|last|a|any)\s+)*pregnan\w*"
    r"|pregnan\w+ test\w*(?:[:,]| was| is)? neg\w*|pregnan\w+ test\w*"
    r"|negative pregnan\w*|pregnan\w+ (?:was )?(?:ruled out|excluded)"
    r"|(?:history of|prior|previous|past|mother'?s?|mom(?:'s)?|mother with|mother had) (?:\w+ ){0,2}"
    r"(?:pregnan\w*|gestational|miscarriages?|abortions?|pre-?eclampsia)|ectopic",
    re.IGNORECASE,
)
_NEWBORN = re.compile(
    r"\b(?:newborn|neonate|(?:\d+|one|two|three)[- ](?:hour|day)s?[- ]old|NICU|live ?born)\b", re.IGNORECASE
)
_BORN = re.compile(
    r"\bborn\b[^.]{0,80}\b(?:to|mother)\b"
    r"|\bnewborn (?:male|female|boy|girl|infant|nursery|discharge|admission|exam|note|summary|visit)"
    r"|\bnewborn\b[^.]{0,40}\bborn\b|\binfant of\b",
    re.IGNORECASE,
)
"""The chart of the child; in that of the mother a child is delivered."""
_CHILD = re.compile(
    r"\b(?:fe)?male (?:infant|newborn|baby|neonate|child)"
    r"|\b(?:infant|newborn|baby|liveborn) (?:boy|girl|(?:fe)?male)\b",
    re.IGNORECASE,
)
"""Whose sex says nothing of the patient's."""
_CHILDREN = ("infant", "newborn", "baby", "neonate", "child", "liveborn")
_DAYS = ("newborn", "neonat", "nicu", "day", "hour", "born")
_BIRTH = ("born", "infant of")
_OBSTETRIC = re.compile(
    r"pregnan|iup|prenatal|labou?r|gestation|partum|puerper|gravid|abortion|miscarriage|eclampsia|delivery"
)
"""Parts of words: where a chart has none of them, it is not looked through for the phrases."""
_SECOND, _THIRD, _TERM = 14, 28, 42
"""First days of the trimesters in completed weeks (ICD-10-CM, head note of chapter 15)."""


@dataclass(frozen=True, slots=True)
class ChartFacts:
    """Of the whole chart."""

    sex: str = ""
    """`F`, `M`; empty where the documents do not say."""
    pregnant: bool = False
    weeks: int | None = None
    """Completed weeks of gestation."""
    newborn: bool = False

    @property
    def trimester(self) -> str:
        if self.weeks is None:
            return ""
        return "first" if self.weeks < _SECOND else "second" if self.weeks < _THIRD else "third"


def chart_facts(texts: Iterable[str]) -> ChartFacts:
    """What the documents say together."""
    text = "\n".join(texts)
    small = text.lower()
    female, male = _sexes(text, small)
    obstetric = _OBSTETRIC.search(small) is not None or _WEEKS_AND_DAYS.search(text) is not None
    weeks = _weeks_of(text) if obstetric else None
    born = any(word in small for word in _BIRTH) and _BORN.search(text) is not None
    said = obstetric and not born and (female >= male or bool(weeks))
    pregnant = said and _PREGNANT.search(_NOT_PREGNANT.sub("", text)) is not None
    sex = "F" if pregnant or female > male else "M" if male > female else ""
    newborn = born or (not pregnant and any(word in small for word in _DAYS) and _NEWBORN.search(text) is not None)
    return ChartFacts(sex, pregnant, weeks if pregnant and weeks and weeks <= _TERM else None, newborn)


def _sexes(text: str, small: str) -> tuple[int, int]:
    """How often the text speaks of a female patient, and of a male one."""
    if any(word in small for word in _CHILDREN):
        text = _CHILD.sub("", text)
        small = text.lower()
    words = Counter(_WORD.findall(small))
    aged = Counter(letter.upper() for letter in _AGED.findall(text))
    female = sum(words[word] for word in _FEMALE) + aged["F"] + len(_PREGNANT_WOMAN.findall(small))
    return female, sum(words[word] for word in _MALE) + aged["M"]


def _weeks_of(text: str) -> int | None:
    return next((int(found) for pattern in _WEEKS_SAID for found in pattern.findall(text)), None)
