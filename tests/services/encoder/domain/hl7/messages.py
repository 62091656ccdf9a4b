"""HL7 v2 messages as an EHR writes them, every person and place invented.

a_message("ADT^A01", pid(), pv1()) gives the bytes; `seg` places values at their field numbers.
"""

from __future__ import annotations

from itertools import count
from typing import Any

_CONTROL_IDS = count(1)


def seg(name: str, **fields: str) -> str:
    """`seg("PV1", f2="I", f19="V-1")`: each value at the number of its field."""
    placed = {int(key[1:]): value for key, value in fields.items()}
    return "|".join([name, *(placed.get(number, "") for number in range(1, max(placed, default=0) + 1))])


def msh(kind: str, control_id: str | None = None, **fields: str) -> str:
    told = {
        "f3": "EHR",
        "f4": "CVMC",
        "f5": "REVCYCLE",
        "f7": "20261120120000",
        "f9": kind,
        "f10": control_id or f"MSG{next(_CONTROL_IDS):05}",
        "f11": "P",
        "f12": "2.5.1",
    } | fields
    # MSH-1 is the separator itself: the fields after MSH-2 stand one place to the left.
    shifted = {f"f{int(key[1:]) - 1}": value for key, value in told.items()}
    return seg("MSH", **{"f1": "^~\\&"} | shifted)


def pid(**fields: str) -> str:
    return seg(
        "PID",
        **{
            "f1": "1",
            "f3": "S-9^^^SSA^SS~MRN-77^^^CVMC^MR",
            "f5": "ABERNATHY^JOAN^RUTH",
            "f7": "19500412",
            "f8": "F",
            "f11": "12 MAPLE STREET^^NASHVILLE^TN^37211",
            "f18": "ACC-1",
        }
        | fields,
    )


def pv1(**fields: str) -> str:
    return seg(
        "PV1",
        **{
            "f1": "1",
            "f2": "I",
            "f3": "4W^401^1^CVMC",
            "f4": "1",
            "f7": "1987654328^OKAFOR^SAMUEL^^^^^^NPI^^^^NPI",
            "f10": "MED",
            "f14": "1",
            "f19": "V-1001",
            "f44": "202611161410",
        }
        | fields,
    )


def dg1(code: str = "J18.9", number: int = 1, **fields: str) -> str:
    return seg("DG1", **{"f1": str(number), "f3": f"{code}^^I10C", "f6": "F", "f15": str(number)} | fields)


def in1(**fields: str) -> str:
    return seg(
        "IN1",
        **{
            "f1": "1",
            "f2": "PPO",
            "f3": "MHP01",
            "f4": "MERIDIAN HEALTH PLAN",
            "f8": "GRP7781",
            "f12": "20260101",
            "f13": "20261231",
            "f15": "CI",
            "f17": "SEL",
            "f22": "1",
            "f36": "W20045118",
        }
        | fields,
    )


def ft1(number: int = 1, **fields: str) -> str:
    return seg(
        "FT1",
        **{
            "f1": str(number),
            "f2": f"T-{number}",
            "f4": "20261117",
            "f6": "CG",
            "f7": "0320^X-RAY CHEST^NUBC",
            "f10": "2",
            "f11": "410.50",
            "f25": "71046^^C4",
        }
        | fields,
    )


def txa(number: str = "D-1", **fields: str) -> str:
    told = {"f1": "1", "f2": "DS", "f4": "202611201100", "f9": "1987654328^OKAFOR^SAMUEL", "f12": number, "f17": "LA"}
    return seg("TXA", **told | fields)


def obx(text: str, number: int = 1, kind: str = "TX") -> str:
    return seg("OBX", f1=str(number), f2=kind, f5=text)


def a_message(kind: str, *segments: str, control_id: str | None = None, **header: str) -> bytes:
    head = msh(kind, control_id, **header)
    return "\r".join([head, *segments]).encode() + b"\r"


def admitted(**visit: str) -> bytes:
    return a_message("ADT^A01", pid(), pv1(**visit), in1(), dg1("R05.9", f6="A"))


def discharged(**visit: str) -> bytes:
    told: dict[str, Any] = {"f36": "01", "f45": "202611201105"} | visit
    return a_message("ADT^A03", pid(), pv1(**told), f7="20261120113000")


def a_document(
    text: str = "Community-acquired pneumonia.", number: str = "D-1", event: str = "T02", **fields: str
) -> bytes:
    return a_message(f"MDM^{event}", pid(), pv1(), txa(number, **fields), obx(text))
