"""What the clearinghouse looks at before it opens an interchange: the TA1 (005010X231A1 appendix C.1, TA105)."""

from __future__ import annotations

from services.simulator.domain.interchanges import ReceivedInterchange
from shared.x12 import Segment

ACCEPTED, DUPLICATE = "000", "025"

_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_AUTHORIZATION = {"00", "03"}
_SECURITY = {"00", "01"}
_ID_QUALIFIERS = {"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"}


def interchange_note(received: ReceivedInterchange) -> str:
    """TA105: 000, or the first thing that is wrong with the interchange as such."""
    return _header_note(received.header) or _trailer_note(received) or ACCEPTED


def _header_note(isa: Segment) -> str | None:
    checks = (
        ("010", isa[1] in _AUTHORIZATION),
        ("011", isa[1] != "00" or not isa[2].strip()),
        ("012", isa[3] in _SECURITY),
        ("013", isa[3] != "00" or not isa[4].strip()),
        ("005", isa[5] in _ID_QUALIFIERS),
        ("006", bool(isa[6].strip())),
        ("007", isa[7] in _ID_QUALIFIERS),
        ("008", bool(isa[8].strip())),
        ("014", isa[9].isdigit() and len(isa[9]) == 6),
        ("015", isa[10].isdigit() and len(isa[10]) == 4),
        ("017", isa[12] == "00501"),
        ("018", isa[13].isdigit() and len(isa[13]) == 9),
        ("019", isa[14] in {"0", "1"}),
        ("020", isa[15] in {"P", "T"}),
        ("024", tuple(map(len, isa.elements)) == _WIDTHS),
    )
    return next((note for note, holds in checks if not holds), None)


def _trailer_note(received: ReceivedInterchange) -> str | None:
    if received.fault is not None or received.stray:
        return "022"
    if received.trailer is None:
        return "023"
    if received.trailer[2] != received.header[13]:
        return "001"
    if received.trailer[1] != str(len(received.groups)):
        return "021"
    return None
