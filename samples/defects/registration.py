"""What goes wrong at the front desk and in provider files: the scrubber must hold these claims."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from samples.defects.kinds import defect, put
from samples.encounters import Draft
from samples.identifiers import with_wrong_check_digit
from samples.models import Change

_MEDICARE = ("MA", "MB")


@defect("attending-npi-check-digit", fate="held", edit="provider-npi-invalid")
def attending_npi_check_digit(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    return _wrong_npi(draft, "attending")


@defect("rendering-npi-check-digit", fate="held", edit="provider-npi-invalid")
def rendering_npi_check_digit(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    return _wrong_npi(draft, "rendering")


@defect("referring-npi-check-digit", fate="held", edit="provider-npi-invalid")
def referring_npi_check_digit(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    return _wrong_npi(draft, "referring")


def _wrong_npi(draft: Draft, role: str) -> tuple[Change, ...] | None:
    provider = draft.encounter["providers"].get(role)
    if provider is None:
        return None
    draft.encounter["providers"][role] = provider | {"npi": with_wrong_check_digit(provider["npi"])}
    return put(f"/{role}/npi", provider["npi"])


@defect("medicare-number-malformed", fate="held", edit="subscriber-mbi-format")
def medicare_number_malformed(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """The letter S, which no Medicare number has, where the clerk read a 5."""
    if draft.coverage["filing_indicator"] not in _MEDICARE:
        return None
    number = draft.coverage["subscriber"]["member_id"]
    draft.coverage["subscriber"]["member_id"] = f"{number[0]}S{number[2:]}"
    return put("/coverages/0/subscriber/member_id", number)


@defect("subscriber-id-missing", fate="held", edit="subscriber-id-missing")
def subscriber_id_missing(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    if draft.coverage["filing_indicator"] in _MEDICARE:
        return None
    return put("/coverages/0/subscriber/member_id", draft.coverage["subscriber"].pop("member_id"))


@defect("billing-address-is-po-box", fate="held", edit="billing-address-po-box")
def billing_address_is_po_box(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    address = draft.encounter["facility"]["billing"]["address"]
    street = address["line1"]
    address["line1"] = f"PO BOX {random.randint(100, 9999)}"
    return put("/billing/address/line1", street)


@defect("billing-zip-code-malformed", fate="held", edit="billing-zip-nine-digits")
def billing_zip_code_malformed(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """Four digits: the leading digit fell off, as spreadsheets do it."""
    address = draft.encounter["facility"]["billing"]["address"]
    zip_code = address["zip_code"]
    address["zip_code"] = zip_code[1:5]
    return put("/billing/address/zip_code", zip_code)


@defect("birth-date-in-future", fate="held", edit="patient-birth-date-impossible")
def birth_date_in_future(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """The wrong century: a year of birth typed with 20 for 19. Not for a stay: the grouper needs an age."""
    if draft.encounter["encounter_class"] == "inpatient":
        return None
    patient, subscriber = draft.encounter["patient"], draft.coverage["subscriber"]
    born = patient["birth_date"]
    if born >= "1965" or born < "1928":
        return None
    wrong = f"20{born[2:]}".replace("-02-29", "-02-28")
    cure = put("/patient/birth_date", born)
    patient["birth_date"] = wrong
    for index, coverage in enumerate(draft.encounter["coverages"]):
        if coverage["relationship"] == "18":
            coverage["subscriber"] = coverage["subscriber"] | {"birth_date": wrong}
            cure += put(f"/coverages/{index}/subscriber/birth_date", born)
    return cure if subscriber["birth_date"] == born else None


@defect("subscriber-birth-date-differs", fate="held", edit="subscriber-is-patient")
def subscriber_birth_date_differs(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """The card and the register disagree by a day about one and the same person."""
    if draft.coverage["relationship"] != "18":
        return None
    born = draft.coverage["subscriber"]["birth_date"]
    other = (date.fromisoformat(born) - timedelta(days=1)).isoformat()
    draft.coverage["subscriber"] = draft.coverage["subscriber"] | {"birth_date": other}
    return put("/coverages/0/subscriber/birth_date", born)


@defect("attending-missing", fate="held", edit="attending-missing")
def attending_missing(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    provider = draft.encounter["providers"].pop("attending", None)
    return put("/attending", provider) if provider else None


@defect("admission-type-missing", fate="held", edit="admission-type-invalid")
def admission_type_missing(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    if draft.scenario.encounter_class != "inpatient":
        return None
    return put("/admission/type", draft.encounter.pop("admission_type"))


@defect("patient-status-invalid", fate="held", edit="patient-status-invalid")
def patient_status_invalid(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """08 has not been a discharge status for many years. Of a stay it would stop the grouper already."""
    if draft.scenario.encounter_class == "inpatient" or draft.scenario.is_professional:
        return None
    status = draft.encounter["discharge_status"]
    draft.encounter["discharge_status"] = "08"
    return put("/patient_status", status)


@defect("state-invalid", fate="held", edit="address-state-invalid")
def state_invalid(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """The patient's state. Where the patient holds the coverage, the subscriber's goes the same way."""
    address = draft.encounter["patient"]["address"]
    wrong = address | {"state": "TE"}
    draft.encounter["patient"]["address"] = wrong
    cure = put("/patient/address/state", address["state"])
    for index, coverage in enumerate(draft.encounter["coverages"]):
        coverage["subscriber"] = coverage["subscriber"] | {"address": wrong}
        cure += put(f"/coverages/{index}/subscriber/address/state", address["state"])
    return cure


@defect("tax-id-missing", fate="held", edit="billing-tax-id-missing")
def tax_id_missing(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    return put("/billing/tax_id", draft.encounter["facility"]["billing"].pop("tax_id"))


@defect("charge-after-discharge", fate="held", edit="line-date-outside-statement")
def charge_after_discharge(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """A late charge, posted with the day on which it was keyed."""
    if draft.scenario.encounter_class != "inpatient":
        return None
    charge = draft.encounter["charges"][-1]
    day = charge["service_date"]
    discharged = date.fromisoformat(draft.encounter["ended_at"][:10])
    charge["service_date"] = (discharged + timedelta(days=1)).isoformat()
    return put(f"/lines/{len(draft.encounter['charges']) - 1}/service_from", day)


@defect("prior-authorization-missing", fate="held", edit="payer-authorization-required")
def prior_authorization_missing(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """Medicare asks for one before some services of an outpatient department (42 CFR 419.83)."""
    if draft.coverage["filing_indicator"] not in _MEDICARE or "prior_authorization" not in draft.coverage:
        return None
    return put("/coverages/0/prior_authorization", draft.coverage.pop("prior_authorization"))


@defect("double-blanks-in-name", fate="cleared", edit="blanks")
def double_blanks_in_name(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """Repaired without anybody's hand: the format changes, the meaning does not."""
    billing = draft.encounter["facility"]["billing"]
    billing["organization"] = billing["organization"].replace(" ", "  ", 1)
    return ()


@defect("state-in-small-letters", fate="cleared", edit="state-case")
def state_in_small_letters(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    address = draft.encounter["facility"]["billing"]["address"]
    address["state"] = address["state"].lower()
    return ()
