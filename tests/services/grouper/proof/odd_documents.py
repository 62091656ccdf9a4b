"""Documents as they come from software that nobody tested: claims and stays with one to five things wrong, as bytes."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

from tests.builders import a_professional_claim, an_institutional_claim

_ODD_TEXT = (
    "", " ", "I5023\0junk", "I5023\0", "\0", "i50.23", "I50.23 ", " I5023", "I 5023",
    "I5023\n", "I50.2.3", "I5023X",
    "²", "٧٦", "７６", "0١", "01", "1", "99", "-1", "76.0", "1e2", "NaN", "true", "null", "Ⅳ", "é",
    "I5023\u200b", "Ι5023",
    "2026-11-20", "2026-02-30", "20261120", "2026-11-20T00:00:00", "0001-01-01", "9999-12-31", "١٩٩٩-٠١-٠١",
    "A" * 7, "Z" * 3000, "🩺", "\ud800", "'; DROP TABLE claim; --", "../../etc/passwd", "{}", "F", "M", "U", "X",
)  # fmt: skip
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 76, 999, 1000, 10**19, -(10**30), 76.0, 76.5, 1e300, float("nan"), float("inf"), [],
    {}, [[]],
    [None], {"code": "I5023"}, [{"code": "I5023"}], [{"code": None}], ["I5023"], {"code": {"code": "I5023"}}, {"": ""},
    *_ODD_TEXT,
)  # fmt: skip
_STAY: dict[str, Any] = {
    "kind": "stay",
    "discharge_date": "2026-11-20",
    "age": 76,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "I5023", "poa": "Y"}, {"code": "J9601", "poa": "Y"}, {"code": "N179", "poa": "N"}],
    "procedures": [{"code": "5A1955Z", "date": "2026-11-18"}],
    "poa_exempt": False,
}
_CODES = (
    "i50.23",
    "I5023",
    "J9601",
    "A41.9",
    "Z38.00",
    "O80",
    "B20",
    "T07XXXA",
    "R69",
    "I10",
    "00000",
    "0SRC0J9",
    "W1830XA",
)
_NAMES = ("kind", "age", "sex", "poa", "code", "extra", "__class__", "Diagnoses", "discharge date", "\0", "id")


def odd_documents(chance: random.Random) -> Iterator[bytes]:
    """Bodies without end, the same for the same `chance`: most are JSON, many are refused, some are right."""
    claims = (
        an_institutional_claim().build().model_dump(mode="json"),
        a_professional_claim().build().model_dump(mode="json"),
    )
    while True:
        document = copy.deepcopy(chance.choice((_STAY, _STAY, _STAY, *claims)))
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 5))):
            chance.choice(_FAULTS)(document, chance)
        yield _as_bytes(document, chance)


def _as_bytes(document: Any, chance: random.Random) -> bytes:
    content = json.dumps(document, ensure_ascii=chance.random() < 0.7).encode(errors="surrogatepass")
    if chance.random() < 0.85:
        return content
    return chance.choice(_DAMAGES)(content, chance)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a document: what holds it, and its key."""
    steps = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [place for key, inner in steps for place in [(value, key), *_places(inner)]]


def _replace(document: Any, chance: random.Random) -> None:
    if places := _places(document):
        holder, key = chance.choice(places)
        holder[key] = copy.deepcopy(chance.choice(_ODD))


def _replace_fact(document: Any, chance: random.Random) -> None:
    document[chance.choice(("age", "sex", "discharge_status", "discharge_date", "diagnoses", "procedures"))] = (
        copy.deepcopy(chance.choice(_ODD))
    )


def _replace_code(document: Any, chance: random.Random) -> None:
    diagnoses = document.get("diagnoses")
    if isinstance(diagnoses, list) and diagnoses and isinstance(diagnoses[0], dict):
        one = chance.choice([item for item in diagnoses if isinstance(item, dict)])
        one[chance.choice(("code", "code", "poa"))] = copy.deepcopy(chance.choice((*_CODES, *_ODD_TEXT, "1", None)))


def _remove(document: Any, chance: random.Random) -> None:
    if places := _places(document):
        holder, key = chance.choice(places)
        del holder[key]


def _add(document: Any, chance: random.Random) -> None:
    holders = [document, *(holder[key] for holder, key in _places(document) if isinstance(holder[key], dict))]
    chance.choice(holders)[chance.choice(_NAMES)] = copy.deepcopy(chance.choice(_ODD))


def _repeat_codes(document: Any, chance: random.Random) -> None:
    for name in ("diagnoses", "procedures"):
        if isinstance(document.get(name), list) and len(document[name]) < 30:
            document[name] = document[name] * chance.choice((1, 1, 2, 2, 9, 13, 40))


def _more_codes(document: Any, chance: random.Random) -> None:
    document["diagnoses"] = [
        {"code": chance.choice(_CODES), "poa": chance.choice("YNUW1")} for _ in range(chance.randint(0, 27))
    ]


def _deepen(document: Any, chance: random.Random) -> None:
    deep: Any = "I5023"
    for _ in range(chance.choice((3, 50, 300))):
        deep = [deep] if chance.random() < 0.5 else {"code": deep}
    document[chance.choice(("diagnoses", "age", "extra"))] = deep


_FAULTS = (
    _replace,
    _replace,
    _replace_fact,
    _replace_fact,
    _replace_code,
    _replace_code,
    _remove,
    _add,
    _repeat_codes,
    _more_codes,
    _deepen,
)


def _truncated(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _overwritten(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes(chance.randrange(256) for _ in range(chance.randint(1, 4))) + content[at + 1 :]


def _elsewhere_encoded(content: bytes, chance: random.Random) -> bytes:
    text = content.decode(errors="replace")
    return text.encode(chance.choice(("utf-16", "utf-8-sig", "utf-32-le")), errors="replace")


def _endless_nesting(_content: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"[" * 10_000, b'{"a":' * 2000, b"[" * 5000 + b"]" * 5000))


def _other(_content: bytes, chance: random.Random) -> bytes:
    return chance.choice(
        (b"", b"null", b"0", b"[]", b'""', b"{}", b"\0", b"NaN", b"-", b"\xff\xfe", b'{"kind":"stay","kind":"stay"}')
    )


_DAMAGES = (_truncated, _overwritten, _elsewhere_encoded, _endless_nesting, _other)
