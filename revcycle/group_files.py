"""`revcycle group`: a file of stays through the MS-DRG grouper, one answer a line, in the order of the file.

A stay is a JSON object on a line or a row of a CSV file. It says its day of discharge, or the MS-DRG version as the CMS
software's own claims do (`"version": 431`), in which case the first day of that version stands for the day. As the CMS
grouper does, a code that is not valid is passed over; the answer names it.

The lines are read and answered in the worker processes (`revcycle.stay_lines`): this one cuts the file and writes.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import chain
from typing import BinaryIO

import orjson

from revcycle import stay_lines
from revcycle.failures import Failure
from services.grouper.engines.in_order import in_order
from services.grouper.engines.line_work import Block, LineEngine
from services.grouper.engines.pool import PooledEngine
from services.grouper.errors import EngineFailed
from shared.tables import ReferenceTables

_BLOCK_BYTES = 65_536
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_COLUMNS = {"id", "age", "sex", "discharge_status", "diagnoses"}


class UnreadableStays(Failure):
    """Lines that are no stays. The others were answered."""


def write_answers(file: BinaryIO, tables: ReferenceTables, *, workers: int, write: Callable[[bytes], object]) -> None:
    """Every answer to `write`, a JSON object a line. Raises UnreadableStays at the end, naming what are no stays."""
    faults: list[str] = []

    async def run() -> None:
        engine = PooledEngine(workers=workers, work=stay_lines.place(tables))
        try:
            async for answered in in_order(_blocks(file), _Answering(engine).answer, ahead=2 * workers):
                write(answered.answers)
                faults.extend(answered.faults)
        finally:
            await engine.close()

    asyncio.run(run())
    if faults:
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise UnreadableStays(f"{faults[0]}{more}")


class _Answering:
    def __init__(self, engine: LineEngine) -> None:
        self._engine = engine

    async def answer(self, block: Block) -> stay_lines.Answered:
        """The answers to a block. One that kills its worker is worked on again line by line, to find which does."""
        try:
            return stay_lines.read_answered(await self._engine.work(block))
        except EngineFailed:
            lines = list(block.lines())
            if len(lines) == 1:
                return stay_lines.failed(lines[0])
            alone = [await self.answer(line) for line in lines]
            return stay_lines.Answered(
                b"".join(one.answers for one in alone), [fault for one in alone for fault in one.faults]
            )


async def _blocks(file: BinaryIO) -> AsyncIterator[Block]:
    """The file in blocks of lines of JSON. Reading it holds nothing up: nobody else is on this event loop."""
    number = 1
    for piece in _lines_of_json(file):
        yield Block(number, piece)
        number += piece.count(b"\n")


def _lines_of_json(file: BinaryIO) -> Iterator[bytes]:
    """Whole lines, the first of them not blank. Raises UnreadableStays for a CSV file without its columns."""
    blank = b""
    for line in file:
        if line.strip():
            if line.removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"{"):
                return chain([blank + line.removeprefix(_BYTE_ORDER_MARK)], _pieces(file))
            return chain([blank], _rows(line, file))
        blank += b"\n"
    return iter(())


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_BLOCK_BYTES):
        yield piece + file.readline()


def _rows(header: bytes, file: BinaryIO) -> Iterator[bytes]:
    """The rows of a CSV file as lines of JSON; blank ones beside a row of several lines keep the file's numbers."""
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
    reader = csv.DictReader(chain([header.decode("utf-8", "replace").lstrip("\ufeff")], text))
    if not set(reader.fieldnames or ()) >= _COLUMNS:
        raise UnreadableStays(
            f"the header needs the columns {', '.join(sorted(_COLUMNS))} and discharge_date or version"
        )
    piece, number = bytearray(b"\n"), reader.line_num
    for row in reader:
        piece += b"\n" * (reader.line_num - number - 1) + orjson.dumps(_row(row)) + b"\n"
        number = reader.line_num
        if len(piece) >= _BLOCK_BYTES:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _row(row: dict[str, str | None]) -> dict[str, object]:
    stay: dict[str, object] = {name: value for name, value in row.items() if name and value}
    stay["diagnoses"] = [_diagnosis(text) for text in (row.get("diagnoses") or "").split()]
    stay["procedures"] = [{"code": code} for code in (row.get("procedures") or "").split()]
    return stay


def _diagnosis(text: str) -> dict[str, str]:
    code, _, poa = text.partition(":")
    return {"code": code, "poa": poa} if poa else {"code": code}
