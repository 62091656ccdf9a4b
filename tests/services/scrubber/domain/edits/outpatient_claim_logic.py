"""What must stand together on an outpatient bill: indicators and lists of the I/OCE of 2026Q2."""

from tests.services.scrubber.cases import fires
from tests.services.scrubber.domain.edits.outpatient_code_editor import visit

VISIT = ("G0463", "0510")
INJECTION = ("20526", "0361")  # T, conditionally bilateral
ENDOSCOPY = ("31231", "0361")  # T, inherently bilateral
HOURS = ("G0378", "0762")
DRUG = ("J9271", "0636")  # K
SCAN = ("0331T", "0341")  # S, and in no pair of NCCI with a visit
PACEMAKER = ("33208", "0481")  # J1, needs a device
SPLIT = "2026-06-16"


def at(line, **fields):
    """The same line with these fields instead."""
    procedure, revenue, *more = line
    return procedure, revenue, dict(*more) | fields


def logic_fires(edit_id, *lines, at_line=0, field="procedure", x12="2400 SV202-2", answer="RTP", **fields):
    return fires(edit_id, visit(*lines, **fields), f"/lines/{at_line}/{field}", x12, answer)


CASES = [
    logic_fires("ioce-bilateral-specification", at(ENDOSCOPY, modifiers=["50"]), answer="LIR"),
    logic_fires(
        "ioce-bilateral-specification",
        at(INJECTION, modifiers=["50"]),
        at(INJECTION, modifiers=["50", "59"]),
        at_line=1,
        answer="LIR",
    ),
    logic_fires("ioce-terminated-bilateral", at(INJECTION, modifiers=["73"], units="2")),
    logic_fires("ioce-terminated-bilateral", at(INJECTION, modifiers=["73", "50"])),
    logic_fires("ioce-bilateral-units", at(INJECTION, modifiers=["50"], units="2"), field="units", x12="2400 SV205"),
    logic_fires("ioce-visit-without-25", SCAN, VISIT, at_line=1),
    logic_fires("ioce-visits-same-day", VISIT, at(VISIT, modifiers=["27"]), at_line=1),
    logic_fires("ioce-visits-same-day", at(VISIT, units="2")),
    logic_fires("ioce-transfusion-without-product", ("36430", "0391")),
    logic_fires(
        "ioce-observation-twice", HOURS, at(HOURS, service_from=SPLIT), VISIT, at_line=1, statement_through=SPLIT
    ),
    logic_fires("ioce-direct-admission-alone", ("G0379", "0762")),
    logic_fires(
        "ioce-modifier-ca-twice",
        at(INJECTION, modifiers=["CA"]),
        at(ENDOSCOPY, modifiers=["CA"]),
        at_line=1,
        patient_status="20",
    ),
    logic_fires("ioce-modifier-ca-twice", at(INJECTION, modifiers=["CA"], units="2"), patient_status="20"),
    logic_fires("ioce-modifier-ca-status", at(INJECTION, modifiers=["CA"])),
    logic_fires("ioce-trauma-response", ("G0390", "0681"), answer="LIR"),
    logic_fires("ioce-trauma-response", ("99291", "0450"), ("G0390", "0450"), at_line=1, answer="LIR"),
    logic_fires("ioce-device-missing", PACEMAKER),
    logic_fires("ioce-device-missing", PACEMAKER, at(("C1785", "0275"), service_from=SPLIT), statement_through=SPLIT),
    logic_fires("ioce-cornea-without-transplant", ("V2785", "0278"), answer="LIR"),
    logic_fires("ioce-donor-acquisition-missing", ("38240", "0362")),
    logic_fires("ioce-drug-without-procedure", DRUG),
    fires(
        "ioce-only-incidental",
        visit((None, "0250"), ("C1785", "0275")),
        "/lines",
        "2400 LX",
        "CR",
    ),
]

NEAR_MISSES = [
    visit(ENDOSCOPY),
    visit(at(INJECTION, modifiers=["50"])),
    visit(at(INJECTION, modifiers=["50"]), at(INJECTION, modifiers=["50", "76"])),
    visit(at(INJECTION, modifiers=["73"])),
    visit(SCAN, at(VISIT, modifiers=["25"])),
    visit(SCAN, at(VISIT, service_from=SPLIT), statement_through=SPLIT),
    visit(VISIT, at(VISIT, modifiers=["27"]), condition_codes=["G0"]),
    visit(VISIT, at(("G0463", "0517"), modifiers=["27"])),
    visit(("36430", "0391"), ("P9016", "0390")),
    visit(HOURS, ("G0379", "0762")),
    visit(at(INJECTION, modifiers=["CA"]), patient_status="02"),
    visit(("99291", "0450"), ("G0390", "0681")),
    visit(PACEMAKER, ("C1785", "0275")),
    visit(at(PACEMAKER, modifiers=["74"])),
    visit(at(("21150", "0360"), modifiers=["CG"])),
    visit(("65710", "0360"), ("V2785", "0278")),
    visit(("38240", "0362"), (None, "0815")),
    visit((None, "0250"), VISIT),
    visit(DRUG, ("96413", "0335")),
    visit(("J7170", "0636")),  # a clotting factor: patients give it to themselves
    visit(PACEMAKER, day="2026-07-01"),
]
