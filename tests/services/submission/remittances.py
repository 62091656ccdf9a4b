"""835s written by hand, with nothing of ours: segments joined, counts derived."""

from __future__ import annotations

from collections.abc import Sequence


def a_service(
    code: str, charged: str, paid: str, *cas: str, line: str = "1", allowed: str = "", remark: str = ""
) -> list[str]:
    """SVC with DTM*472, CAS (`CO*45*20`), REF*6R, AMT*B6, LQ*HE."""
    return [
        f"SVC*HC:{code}*{charged}*{paid}**1",
        "DTM*472*20261116",
        *(f"CAS*{one}" for one in cas),
        f"REF*6R*{line}",
        *([f"AMT*B6*{allowed}"] if allowed else []),
        *([f"LQ*HE*{remark}"] if remark else []),
    ]


def a_claim(
    number: str, status: str, charged: str, paid: str, *services: Sequence[str], patient: str = "",
    payer_number: str = "ICN1", cas: Sequence[str] = (), filing: str = "MB", more: Sequence[str] = (),
) -> list[str]:  # fmt: skip
    """CLP with its CAS, patient and lines."""
    return [
        f"CLP*{number}*{status}*{charged}*{paid}*{patient}*{filing}*{payer_number}*11*1",
        *(f"CAS*{one}" for one in cas),
        "NM1*QC*1*DOE*JOAN****MI*1EG4TE5MK73",
        *more,
        *(segment for service in services for segment in service),
    ]


def an_835(
    amount: str, *claims: Sequence[str], trace: str = "EFT1001", plb: Sequence[str] = (), paid_on: str = "20261201",
    control_number: str = "0001", isa: str = "000000777", payer_id: str = "MCAREB", tax_id: str = "1512345678",
) -> str:  # fmt: skip
    """One payment in one interchange; `amount` is BPR02."""
    return in_interchange(
        a_set(
            amount, *claims, trace=trace, plb=plb, paid_on=paid_on, control_number=control_number, payer_id=payer_id,
            tax_id=tax_id,
        ),
        isa=isa,
    )  # fmt: skip


def a_set(
    amount: str, *claims: Sequence[str], trace: str = "EFT1001", plb: Sequence[str] = (), paid_on: str = "20261201",
    control_number: str = "0001", payer_id: str = "MCAREB", tax_id: str = "1512345678",
) -> list[str]:  # fmt: skip
    """ST to SE."""
    method = "NON" if amount == "0" else "ACH"
    body = [
        f"ST*835*{control_number}",
        f"BPR*I*{amount}*C*{method}*CCP*01*999999992*DA*123456*{tax_id}**01*999988880*DA*98765*{paid_on}",
        f"TRN*1*{trace}*{tax_id}",
        f"DTM*405*{paid_on}",
        f"N1*PR*MEDICARE PART B*XV*{payer_id}",
        "N3*1 MAIN STREET",
        "N4*NASHVILLE*TN*37201",
        "PER*BL*HELP*TE*6155550100",
        "N1*PE*GROUP*XX*1234567893",
        "REF*TJ*621234567",
        "LX*1",
        *(segment for claim in claims for segment in claim),
        *(f"PLB*1234567893*20261231*{one}" for one in plb),
    ]
    return [*body, f"SE*{len(body) + 1}*{control_number}"]


def in_interchange(*sets: Sequence[str], isa: str = "000000777") -> str:
    header = f"ISA*00*          *00*          *ZZ*PAYER          *ZZ*REVCYCLE       *261201*0800*^*00501*{isa}*0*T*:"
    group = "GS*HP*PAYER*REVCYCLE*20261201*0800*1*X*005010X221A1"
    segments = [header, group, *(segment for one in sets for segment in one), f"GE*{len(sets)}*1", f"IEA*1*{isa}"]
    return "~".join(segments) + "~"
