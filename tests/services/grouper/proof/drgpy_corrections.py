"""Where `drgpy` 0.2.1 departs from the Definitions Manual, each as the correction that brings it back.

A stay on which it differs from us is explained where a correction makes it agree: so the classes of disagreement are as
narrow as the rules that it lacks, and none can hide a fault of ours. We are right in each: the manual says so, and so
does the grouper of CMS, whose answers ours equal.
"""

from __future__ import annotations

from tests.services.grouper.proof.corrected_port import Case, Correction, Features, latest_port


def by_severity(x: Features, *family: str) -> str:
    """Of three DRGs: with MCC, with CC, without. Of two: with MCC and without."""
    if x["_MCC"]:
        return family[0]
    return family[1] if x["_CC"] or len(family) == 2 else family[2]


def _first(results: list[str], *drgs: str) -> list[str]:
    return [*drgs, *(one for one in results if one not in drgs)]


_HIV = ("969", "970", "974", "975", "976", "977")
_UNRELATED = ("981", "982", "983", "987", "988", "989")
_BEFORE_ANY_MDC = {*(f"{number:03}" for number in range(1, 20)), "650", "651", "652"}


def _any_operating_room(x: Features, _case: Case) -> None:
    if x["_ORPCS_UNIQUE"]:
        x.update({f"_ORPCS|{drg}": 1 for drg in (829, 856, 857, 858, 876, 939, 940, 941)})
        x["_ORPCS|817"] += 1
    if x["805&806&807|SDX"] * (x["805&806&807|AND ORPCS"] + x["805&806&807|NON-ORPCS"]):
        del x["817&818&819|PDX"]  # a delivery is one before it is an antepartum stay


def _ear_nose_throat(results: list[str], x: Features, case: Case) -> list[str]:
    found = [
        by_severity(x, *label.split("|")[0].split("&"))
        for label in ("140&141&142|ORPCS", "143&144&145|ORPCS")
        if x["_MDC03"] and x[label]
    ]
    return _ranked(results, found, x, case)


def _ranked(results: list[str], found: list[str], x: Features, case: Case) -> list[str]:
    """DRGs of the principal diagnosis's MDC at their place in the surgical hierarchy (appendix D)."""
    if not found or (results and results[0] in _BEFORE_ANY_MDC) or x["_MDC24"]:
        return results
    related = [one for one in results if one not in _UNRELATED]
    surgical = [one for one in related if case.port.drgmap[one]["is_surgical"]]
    ranks = case.port.surgical_rank
    return sorted({*surgical, *found}, key=lambda drg: ranks[drg.lstrip("0")]) + related


def _families_not_asked_for(results: list[str], x: Features, case: Case) -> list[str]:
    severe, knee = x["_MCC"] + x["_CC"] > 0, x["_MDC08"] * x["485&486&487|KNEE PROCEDURE ORPCS"]
    found = {
        by_severity(x, "319", "320"): x["_MDC05"] * x["319&320|ORPCS"],
        "229": x["_MDC05"] * x["228&229|ORPCS"] * (not severe),
        "469": x["_MDC08"] * x["469&470|TOTAL ANKLE REPLACEMENT"],
        by_severity(x, "485", "486", "487"): knee * x["485&486&487|INFECTION PDX"],
        "488" if severe else "489": knee * (not x["485&486&487|INFECTION PDX"]),
    }
    return _ranked(results, [drg for drg, met in found.items() if met], x, case)


def _died_or_transferred(results: list[str], x: Features, case: Case) -> list[str]:
    ended = case.stay.discharge_status in ("02", "05", "20", "66", "82", "85", "94")
    before = bool(results) and results[0] in _BEFORE_ANY_MDC
    return _first(results, "789") if x["_MDC15"] and ended and not before else results


def _with_cc(results: list[str], x: Features, _case: Case) -> list[str]:
    with_cc = {"950": "949", "538": "537", "017": "016"}
    return [with_cc.get(one, one) if x["_CC"] else one for one in results]


def _eye_with_thrombolytic(results: list[str], x: Features, _case: Case) -> list[str]:
    return ["124" if one == "125" and x["124&125|THROMBOLYTIC AGENT"] else one for one in results]


def _without_cholecystectomy(x: Features, _case: Case) -> None:
    if x["408&409&410|WITHOUT ORPCS"]:
        del x["408&409&410|OR ORPCS"]


def _extensive_burns(x: Features, _case: Case) -> None:
    x["927&933|MECHANICAL VENTILATION >96 HOURS NON-ORPCS"] += x["927&933|EXTENSIVE BURNS PSDX"]


_WITHOUT_UNRELATED = ("_MDC14", "_MDC15", "_MDC17", "_MDC22")


def _no_unrelated_procedure(results: list[str], x: Features, _case: Case) -> list[str]:
    return [one for one in results if one not in _UNRELATED] if any(x[mdc] for mdc in _WITHOUT_UNRELATED) else results


def _hiv_before_others(results: list[str], x: Features, _case: Case) -> list[str]:
    hiv = [one for one in results if one in _HIV]
    return results if not hiv or results[0] in _BEFORE_ANY_MDC else _first(results, *hiv)


def _hiv_on_the_claim(x: Features, case: Case) -> None:
    major = "974&975&976|AND PSDX OF MAJOR RELATED CONDITION"
    if not x["974&975&976|PSDX OF HIV INFECTION"]:
        del x["_MDC25"]
    principal = case.port.dxmap[case.diagnoses[0]]
    if major not in principal and "974&975&976|PSDX OF HIV INFECTION" not in principal:
        del x[major]


def _delivery_with_non_operating_room(x: Features, _case: Case) -> None:
    x["796&797&798|AND ORPCS"] += x["796&797&798|NON-ORPCS"]


def _postpartum_with_procedure(results: list[str], x: Features, _case: Case) -> list[str]:
    if x["_MDC14"] and x["769|PDX"] and x["_ORPCS_UNIQUE"] and results[:1] in (["776"], *([one] for one in _UNRELATED)):
        return _first(results, "769")
    return results


def _ablation(x: Features, _case: Case) -> None:
    bypass = "231&232&233&234&235&236|"
    if x[bypass + "CORONARY BYPASS ORPCS"]:
        x["216&217&218&219&220&221|CARDIAC CATHETERIZATION NON-ORPCS"] += (
            x[bypass + "ABLATION ORPCS"] + x[bypass + "NON-ORPCS"]
        )
    second = "SECOND CONDITION: SELECT ONE PROCEDURE FROM CARDIAC ABLATION PROCEDURE CARDIAC ABLATION PROCEDURE"
    x[f"317|{second}"] += x["317|NON-ORPCS"]


def _lymphoma_non_operating_room(x: Features, _case: Case) -> None:
    label = "829&830|ANY OTHER ORPCS NOT LISTED IN DRGS 826-828 OR ANY OF THE FOLLOWING NON-ORPCS"
    x["829&830|NON-ORPCS"] += x[label]


def _diabetic_kidney(x: Features, _case: Case) -> None:
    if x["673&674&675|OR PDX*"] and x["673&674&675|WITH SDX"]:
        x["673&674&675|OR PDX"] += x["673&674&675|AND NON-ORPCS"]


def _significant_newborn_problem(results: list[str], _x: Features, case: Case) -> list[str]:
    incident = [any(label.startswith("795|") for label in case.port.dxmap[code]) for code in case.diagnoses]
    return _first(results, "794") if results[:1] == ["795"] and not all(incident) else results


def _hospital_acquired(x: Features, case: Case) -> None:
    latest = latest_port().ccmap
    del x["_MCC"], x["_CC"]
    principal, dead = case.diagnoses[0], case.stay.discharge_status == "20"
    for code, poa in {str(one.code): one.poa for one in reversed(case.stay.diagnoses)}.items():
        listed = case.port.ccmap.get(code)
        if listed is None or code == principal or code in case.excluded:
            continue
        acquired = (
            poa in ("N", "U") and not case.stay.poa_exempt and _is_acquired(latest.get(code, {}).get("hac"), case)
        )
        if not (principal in case.port.exmap.get(listed["pdx"], set()) or (listed["aowa"] and dead) or acquired):
            x["_" + listed["level"]] += 1


def _is_acquired(hac: str | None, case: Case) -> bool:
    if hac in _WITH_PROCEDURE:
        return bool(case.lists_of_procedures & {f"hac{hac}_proc"})
    return hac is not None


_WITH_PROCEDURE = ("08", "10", "11", "12", "13", "14")


def _sex(x: Features, _case: Case) -> None:
    if x["_MDC11"] and x["_MDC13"]:
        del x["_MDC13" if x["_MALE"] else "_MDC11"]
    elif not (x["_MDC12"] and x["_MDC13"]):
        x["_MALE"] = x["_FEMALE"] = 1


def _delivery_with_other_procedure(x: Features, _case: Case) -> None:
    of_deliveries = sum(x[f"796&797&798|{name}"] for name in ("AND ORPCS", "AND ORPCS*", "OR ORPCS"))
    if x["_ORPCS_UNIQUE"] <= max(x["768|WITH ANY ORPCS EXCEPT"], of_deliveries):
        del x["768|DELIVERY ORPCS"], x["768|NON-ORPCS"]


def _high_dose_chemotherapy(results: list[str], x: Features, _case: Case) -> list[str]:
    high = x["837&838&839|HIGH DOSE CHEMO AGENT"]
    return ["838" if one == "839" and high else one for one in results]


_FOUR_LISTS = (
    "COMBINATION OF CODES IN THE NEXT FOUR LISTS THAT ADD UP TO FOUR OR MORE ARTERIES/INTRALUMINAL DEVICES SELECT DRG "
    "321 OVER DRG 322 ONE INTRALUMINAL DEVICE",
    "TWO INTRALUMINAL DEVICES",
    "THREE INTRALUMINAL DEVICES",
    "FOUR OR MORE INTRALUMINAL DEVICES",
)


def _intraluminal_device(x: Features, _case: Case) -> None:
    del x["321&322|PERCUTANEOUS CARDIOVASCULAR PROCEDURE WITHOUT INTRALUMINAL DEVICE ORPCS"]
    if sum(count * x[f"321&322|{name}"] for count, name in enumerate(_FOUR_LISTS, start=1)) >= 4:
        x[f"321&322|{_FOUR_LISTS[-1]}"] += 1


def _extensive_fusion(x: Features, case: Case) -> None:
    extensive = "456&457&458|EXTENSIVE FUSIONS ORPCS"
    x[extensive] = 2 if "fuse9plus" in case.lists_of_procedures else x[extensive] if x[extensive] > 1 else 0


def _marrow_before_face(results: list[str], _x: Features, _case: Case) -> list[str]:
    marrow = [one for one in ("014", "016", "017") if one in results]
    return _first(results, *marrow) if marrow and results[0] in ("011", "012", "013") else results


def _t_cell_immunotherapy(results: list[str], x: Features, _case: Case) -> list[str]:
    labels = ("018|T-CELL IMMUNOTHERAPY ORPCS", "018|T-CELL IMMUNOTHERAPY NON-ORPCS", "018|NON-ORPCS")
    return _first(results, "018") if any(x[label] for label in labels) else results


def _kidney_transplant(results: list[str], x: Features, _case: Case) -> list[str]:
    elsewhere = x["_MDC24"] or any(one in _HIV for one in results) or (results[:1] and results[0] in _BEFORE_ANY_MDC)
    if not x["652|ORPCS"] or elsewhere:
        return results
    with_hemodialysis = x["650&651|ORPCS"] and x["650&651|AND NON-ORPCS"]
    return _first(results, by_severity(x, "650", "651") if with_hemodialysis else "652")


def _single_levels(x: Features, _case: Case) -> None:
    device = "CUSTOM-MADE ANATOMICALLY DESIGNED INTERBODY FUSION DEVICE (CMADIFD) ORPCS"
    if x["447&448|TWO OR MORE CODES FROM THE FOLLOWING LISTS SINGLE LEVEL ANTERIOR SPINAL FUSION ORPCS"] >= 2:
        x["447&448|MULTIPLE LEVEL ANTERIOR SPINAL FUSION ORPCS"] += 1
        x[f"447&448|MULTIPLE LEVEL {device}"] += x[f"447&448|SINGLE LEVEL {device}"]
    x["450&451|SINGLE LEVEL FUSION ORPCS"] += x[
        "450&451|SINGLE LEVEL CUSTOM-MADE ANATOMICALLY DESIGNED INTERBODY FUSION DEVICE (CMADIFD)"
    ]


def _valve_lists_of_v43(x: Features, _case: Case) -> None:
    valve, catheter = (
        "CARDIAC VALVE AND OTHER MAJOR CARDIOTHORACIC PROCEDURE ORPCS",
        "CARDIAC CATHETERIZATION NON-ORPCS",
    )
    x[f"216&217&218&219&220&221|{valve}"] += x[f"216&217&218|{valve}"] + x[f"219&220&221|{valve}"]
    x[f"216&217&218&219&220&221|{catheter}"] += x[f"216&217&218|{catheter}"]


def _aortic_arch(x: Features, _case: Case) -> None:
    for alone, other in (("OR ORPCS*", "WITH ONE OF THE FOLLOWING"), ("OR ORPCS**", "WITH ONE OF THE FOLLOWING*")):
        if not x[f"209|{other}"]:
            del x[f"209|{alone}"]


def _extensive_burns_first(results: list[str], x: Features, _case: Case) -> list[str]:
    goes_first = x["_MDC22"] and "933" in results and results[0] not in _BEFORE_ANY_MDC
    return _first(results, "933") if goes_first else results


_NON_OPERATING_ROOM = (
    "163&164&165", "252&253&254", "326&327&328", "344&345&346", "347&348&349", "356&357&358", "405&406&407",
    "408&409&410", "423&424&425", "746&747", "907&908&909", "957&958&959",
)  # fmt: skip


def _surgical_outside_operating_room(x: Features, _case: Case) -> None:
    for family in _NON_OPERATING_ROOM:
        x[f"{family}|ORPCS"] += x[f"{family}|NON-ORPCS"]
    x["040&041&042|NON-ORPCS"] += x["040&041&042|NON-ORPCS*"]
    x["023&024|CHEMOTHERAPY IMPLANT NON-ORPCS"] += x["023&024|ANTINEOPLASTIC IMPLANT ORPCS"] + x["023&024|NON-ORPCS"]


CORRECTIONS = (
    Correction(
        "hospital-acquired",
        "Appendix I: a HAC does not count unless the hospital is exempt from POA; HACs 08 and 10-14 need theirs. "
        "It has HACs for v42.1 and later only, knows no exempt hospital and asks for no procedure.",
        features=_hospital_acquired,
    ),
    Correction(
        "sex-of-codes-in-two-mdcs",
        "Sex separates MDC 13 from 11 and 12 for codes that are in both, and is not asked of others.",
        features=_sex,
    ),
    Correction(
        "delivery-with-other-procedure",
        "MDC 14: DRG 768 has an O.R. procedure except sterilization and D&C.",
        features=_delivery_with_other_procedure,
    ),
    Correction(
        "high-dose-chemotherapy", "MDC 17: DRG 838 with CC or high dose agent.", results=_high_dose_chemotherapy
    ),
    Correction(
        "intraluminal-device",
        "MDC 5 since v41: DRGs 321-322 have an intraluminal device, one that is one of four too; without, 250-251.",
        features=_intraluminal_device,
    ),
    Correction(
        "extensive-fusion",
        "MDC 8: a fusion of eight joints or more is extensive alone, others with one another.",
        features=_extensive_fusion,
    ),
    Correction(
        "marrow-before-face", "Before MDCs: DRGs 014, 016 and 017 go before 011-013.", results=_marrow_before_face
    ),
    Correction("t-cell-immunotherapy", "Before MDCs since v38: DRG 018.", results=_t_cell_immunotherapy),
    Correction(
        "kidney-transplant",
        "Before MDCs, after MDCs 24 and 25: a transplant leads to MDC 11.",
        results=_kidney_transplant,
    ),
    Correction(
        "single-levels",
        "MDC 8 since v42: two anterior single levels make DRGs 447-448; a custom-made device alone makes DRG 450.",
        features=_single_levels,
    ),
    Correction("valve-lists-of-v43", "MDC 5 since v43: DRGs 216-221 have two lists.", features=_valve_lists_of_v43),
    Correction("aortic-arch", "MDC 5 since v43: DRG 209 has both procedures of a pair.", features=_aortic_arch),
    Correction("extensive-burns-first", "MDC 22: DRG 933 goes before 928 and 929.", results=_extensive_burns_first),
    Correction(
        "surgical-outside-operating-room",
        "Procedures outside the operating room that lead to surgical DRGs: the port reads their lists, unused.",
        features=_surgical_outside_operating_room,
    ),
    Correction(
        "any-operating-room-procedure",
        "Appendix E lists a procedure under each of its MDCs; the port keeps the last, and so misses the DRGs that any "
        "O.R. procedure leads to: MDC 14 (817), 17 (829), 18 (856), 19 (876), 23 (939).",
        features=_any_operating_room,
    ),
    Correction("ear-nose-throat", "MDC 3 since v38: DRGs 140-145 in the place of 129-134.", results=_ear_nose_throat),
    Correction(
        "families-not-asked-for",
        "MDC 5: DRGs 319-320, and 229 without CC too. MDC 8: DRG 469 of a total ankle replacement, 485-489.",
        results=_families_not_asked_for,
    ),
    Correction(
        "severity-exclusions",
        "Appendix C part 3: codes that a DRG's own logic names do not count as its CC or MCC. The port has it for "
        "later versions only.",
    ),
    Correction("neonate-died-or-transferred", "MDC 15: DRG 789 goes before all others.", results=_died_or_transferred),
    Correction(
        "with-cc-or-mcc",
        "DRGs 016, 537 and 949 are with CC or MCC; the port has them with MCC only.",
        results=_with_cc,
    ),
    Correction(
        "eye-with-thrombolytic", "MDC 2: DRG 124 with MCC or thrombolytic agent.", results=_eye_with_thrombolytic
    ),
    Correction(
        "without-cholecystectomy",
        "MDC 7: an exploration of the bile duct leads to DRGs 408-410 without cholecystectomy only.",
        features=_without_cholecystectomy,
    ),
    Correction(
        "extensive-burns",
        "MDC 22: extensive burns alone, or full thickness burns with ventilation, lead to DRGs 927 and 933.",
        features=_extensive_burns,
    ),
    Correction(
        "no-unrelated-procedure",
        "MDCs 14, 15, 17 and 22 have no DRGs for procedures unrelated to the principal diagnosis (981-989).",
        results=_no_unrelated_procedure,
    ),
    Correction(
        "hiv-first",
        "MDC 25 goes before the MDC of the principal diagnosis, where HIV infection is on the claim.",
        features=_hiv_on_the_claim,
        results=_hiv_before_others,
    ),
    Correction(
        "delivery-with-non-operating-room",
        "MDC 14: deliveries by a procedure outside the operating room lead to DRGs 796-798 too.",
        features=_delivery_with_non_operating_room,
    ),
    Correction(
        "postpartum-with-procedure", "MDC 14: DRG 769 of any O.R. procedure.", results=_postpartum_with_procedure
    ),
    Correction(
        "ablation",
        "MDC 5: ablation with bypass leads to DRGs 233-234, outside the operating room too, and so to 317.",
        features=_ablation,
    ),
    Correction(
        "other-procedures-of-mdc-17",
        "MDC 17: DRGs 829-830 by procedures outside the operating room too.",
        features=_lymphoma_non_operating_room,
    ),
    Correction("diabetic-kidney", "MDC 11: DRGs 673-675 of diabetic kidney with its stage.", features=_diabetic_kidney),
    Correction(
        "significant-newborn-problem",
        "MDC 15: DRG 795 has no secondary diagnosis but those of its list.",
        results=_significant_newborn_problem,
    ),
)
