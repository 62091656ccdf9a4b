"""PID, XPN, XAD, XCN and XTN: who is who."""

from __future__ import annotations

from services.encoder.domain.hl7.messages import Segment
from services.encoder.domain.hl7.reading import Members, Reading
from shared.claims import Npi, Provider

_NPI_AUTHORITIES = ("NPI", "CMS", "2.16.840.1.113883.4.6")
_SEXES = {"F": "F", "M": "M"}
_COUNTRIES_AT_HOME = ("", "US", "USA", "UNITED STATES")


def medical_record_number(segment: Segment, field: int) -> str | None:
    """The identifier of type MR (HL7 table 0203), else the first."""
    numbers = [
        (segment.text(field, 5, repetition=repetition), segment.text(field, repetition=repetition))
        for repetition in segment.repetitions(field)
    ]
    of_type = next((number for kind, number in numbers if kind == "MR" and number), None)
    return of_type or next((number for _, number in numbers if number), None)


def patient(pid: Segment, reading: Reading) -> Members:
    """What PID says of the patient. Only what is said: what is left out stays as it was known."""
    number, name = medical_record_number(pid, 3), person_name(pid, 5)
    if number is None:
        reading.faults.error("101", pid.at(3), "the patient has no identifier")
    if name is None:
        reading.faults.error("101", pid.at(5), "the patient has no name")
    told = {
        "medical_record_number": number,
        "name": name,
        "birth_date": reading.date(pid, 7),
        "sex": sex(pid.text(8)),
        "address": address(pid, 11),
        "death_date": reading.date(pid, 29),
    }
    return {member: value for member, value in told.items() if value is not None}


def person_name(segment: Segment, field: int) -> Members | None:
    """The legal name (type L, HL7 table 0200), else the first that has a family name."""
    named = [r for r in segment.repetitions(field) if segment.text(field, repetition=r)]
    if not named:
        return None
    chosen = next((r for r in named if segment.text(field, 7, repetition=r) == "L"), named[0])
    return _name(segment, field, 1, chosen)


def _name(segment: Segment, field: int, first: int, repetition: int) -> Members:
    parts = [segment.text(field, first + n, repetition=repetition) or None for n in range(4)]
    return dict(zip(("last", "first", "middle", "suffix"), parts, strict=True))


def sex(code: str) -> str | None:
    """HL7 table 0001 as DMG03 has it: what is neither female nor male is U."""
    return _SEXES.get(code.upper(), "U") if code else None


def address(segment: Segment, field: int) -> Members | None:
    """The first address that has a street and a town."""
    for repetition in segment.repetitions(field):
        line1, line2, city, state, zip_code, country = (
            segment.text(field, component, repetition=repetition) for component in range(1, 7)
        )
        if line1 and len(city) > 1:
            return {
                "line1": line1,
                "line2": line2 or None,
                "city": city,
                "state": state if len(state) == 2 else None,
                "zip_code": zip_code or None,
                "country": None if country.upper() in _COUNTRIES_AT_HOME else country,
            }
    return None


def provider(segment: Segment, field: int, reading: Reading) -> Provider | Members | None:
    """Whom an XCN field names, preferring the repetition with an NPI; None where it names nobody."""
    repetitions = [r for r in segment.repetitions(field) if segment.text(field, repetition=r)]
    for repetition in repetitions:
        number = segment.text(field, repetition=repetition)
        for alias in reading.profile.practitioners:
            if alias.received == number:
                return alias.provider
    by_npi = next((r for r in repetitions if _npi(segment, field, r)), None)
    chosen = by_npi or next(iter(repetitions), None)
    if chosen is None or not segment.text(field, 2, repetition=chosen):
        if chosen is not None:
            reading.faults.warning("204", segment.at(field), "neither the message nor the profile names this provider")
        return None
    return {"person": _name(segment, field, 2, chosen), "npi": _npi(segment, field, chosen)}


def _npi(segment: Segment, field: int, repetition: int) -> str | None:
    """XCN-1 where XCN-9 or XCN-13 says that it is an NPI, or where nothing is said and it has an NPI's check digit."""
    number = segment.text(field, repetition=repetition)
    authority = segment.text(field, 9, repetition=repetition)
    kind = segment.text(field, 13, repetition=repetition)
    named = kind == "NPI" or authority in _NPI_AUTHORITIES
    unnamed_but_good = not kind and Npi.problem_of(number) is None
    return number if number and (named or unnamed_but_good) else None


def person_name_of_provider(segment: Segment, field: int) -> str | None:
    """Given and family name of an XCN field, for a person to read."""
    parts = (segment.text(field, component) for component in (3, 2))
    return " ".join(filter(None, parts)) or None
