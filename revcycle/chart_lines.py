"""Files of charts, a JSON object a line: each answered in its turn, what cannot be read answered with an error too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

import orjson
from pydantic import ValidationError

from revcycle.failures import Failure
from shared.tables import NoRelease

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Answer = Callable[[object, dict[str, Any]], Iterable[bytes]]
"""The answer to a chart, whose `id` is taken out of it. Raises UnreadableLine, ValidationError or NoRelease."""


class UnreadableCharts(Failure):
    """Lines that are no charts. The others were answered."""


class UnreadableLine(ValueError):
    """Why a line is no chart, without a word of it."""


def answer_charts(file: BinaryIO, answer: Answer, write: Callable[[bytes], object], *, most_bytes: int) -> None:
    """The answer to every line that is not blank to `write`, in the order of the file. A chart without id is numbered.

    Raises UnreadableCharts at the end, naming the lines that are none: no JSON object, longer than `most_bytes`, or not
    what `answer` takes.
    """
    faults: list[str] = []
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        name: object = None
        try:
            given = _object(line.removeprefix(_BYTE_ORDER_MARK), most_bytes)
            name = given.pop("id", str(number))
            answers = list(answer(name, given))
        except (UnreadableLine, NoRelease, ValidationError) as error:
            fault = _said(error)
            faults.append(f"line {number}: {fault}")
            told = name if isinstance(name, str | int) else None
            answers = [answer_line({"id": told, "error": {"line": number, "message": fault}})]
        for one in answers:
            write(one)
    if faults:
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise UnreadableCharts(f"{faults[0]}{more}")


def answer_line(answer: object) -> bytes:
    """JSON with a line feed."""
    return orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)


def _object(line: bytes, most_bytes: int) -> dict[str, Any]:
    if len(line) > most_bytes:
        raise UnreadableLine("longer than any chart")
    try:
        given = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise UnreadableLine("no JSON") from None
    if not isinstance(given, dict):
        raise UnreadableLine("no JSON object")
    return given


def _said(error: Exception) -> str:
    """Of a model that does not fit, its first fault and where it is."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
