"""Order files of ICD-10-CM and ICD-10-PCS in the official layout, and catalogues of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from shared.tables import Catalogue, Tables
from shared.tables.formats import Asked
from shared.tables.formats.icd10_order import Icd10OrderFile
from shared.tables.loading import Loaded, load

AT = datetime(2026, 11, 24, tzinfo=UTC)

# Lines of icd10cm_order_2021.txt and 2022.txt, renumbered: M54.5 was a code until 2021-09-30 and a heading after.
CM_2021 = """\
00001 A00     0 Cholera                                                      Cholera
00002 A000    1 Cholera due to Vibrio cholerae 01, biovar cholerae           Cholera due to Vibrio cholerae 01, biovar cholerae
00003 A001    1 Cholera due to Vibrio cholerae 01, biovar eltor              Cholera due to Vibrio cholerae 01, biovar eltor
00004 M54     0 Dorsalgia                                                    Dorsalgia
00005 M545    1 Low back pain                                                Low back pain
00006 S00     0 Superficial injury of head                                   Superficial injury of head
00007 S000    0 Superficial injury of scalp                                  Superficial injury of scalp
00008 S0000   0 Unspecified superficial injury of scalp                      Unspecified superficial injury of scalp
00009 S0000XA 1 Unspecified superficial injury of scalp, initial encounter   Unspecified superficial injury of scalp, initial encounter
00010 S0000XD 1 Unspecified superficial injury of scalp, subs encntr         Unspecified superficial injury of scalp, subsequent encounter
00011 S001    0 Contusion of eyelid and periocular area                      Contusion of eyelid and periocular area
00012 S0010XA 1 Contusion of unsp eyelid and periocular area, init encntr    Contusion of unspecified eyelid and periocular area, initial encounter
00013 Z99     0 Dependence on enabling machines and devices, NEC             Dependence on enabling machines and devices, not elsewhere classified
00014 Z9989   1 Dependence on other enabling machines and devices            Dependence on other enabling machines and devices
"""  # noqa: E501  # one line of the file is one line here
CM_2022 = """\
00001 A00     0 Cholera                                                      Cholera
00002 A000    1 Cholera due to Vibrio cholerae 01, biovar cholerae           Cholera due to Vibrio cholerae 01, biovar cholerae
00003 A001    1 Cholera due to Vibrio cholerae 01, biovar eltor              Cholera due to Vibrio cholerae 01, biovar eltor
00004 M54     0 Dorsalgia                                                    Dorsalgia
00005 M545    0 Low back pain                                                Low back pain
00006 M5450   1 Low back pain, unspecified                                   Low back pain, unspecified
00007 M5451   1 Vertebrogenic low back pain                                  Vertebrogenic low back pain
00008 S00     0 Superficial injury of head                                   Superficial injury of head
00009 S000    0 Superficial injury of scalp                                  Superficial injury of scalp
00010 S0000   0 Unspecified superficial injury of scalp                      Unspecified superficial injury of scalp
00011 S0000XA 1 Unspecified superficial injury of scalp, initial encounter   Unspecified superficial injury of scalp, initial encounter
00012 S0000XD 1 Unspecified superficial injury of scalp, subs encntr         Unspecified superficial injury of scalp, subsequent encounter
00013 S001    0 Contusion of eyelid and periocular area                      Contusion of eyelid and periocular area
00014 S0010XA 1 Contusion of unsp eyelid and periocular area, init encntr    Contusion of unspecified eyelid and periocular area, initial encounter
00015 Z99     0 Dependence on enabling machines and devices, NEC             Dependence on enabling machines and devices, not elsewhere classified
00016 Z9989   1 Dependence on other enabling machines and devices            Dependence on other enabling machines and devices
"""  # noqa: E501  # one line of the file is one line here

# Lines of icd10pcs_order_2023.txt, renumbered.
PCS_2023 = """\
00001 001     0 Central Nervous System and Cranial Nerves, Bypass            Central Nervous System and Cranial Nerves, Bypass
00002 0016070 1 Bypass Cereb Vent to Nasophar with Autol Sub, Open Approach  Bypass Cerebral Ventricle to Nasopharynx with Autologous Tissue Substitute, Open Approach
00003 0016071 1 Bypass Cereb Vent to Mastoid Sinus w Autol Sub, Open         Bypass Cerebral Ventricle to Mastoid Sinus with Autologous Tissue Substitute, Open Approach
00004 XY0     0 Extracorporeal, Introduction                                 Extracorporeal, Introduction
00005 XY0VX83 1 Extracorp Introduction of Endothel Damage Inhibitor, NTG 3   Extracorporeal Introduction of Endothelial Damage Inhibitor to Vein Graft, New Technology Group 3
"""  # noqa: E501  # one line of the file is one line here


def loaded(folder: Path, files: dict[str, str | bytes], asked: Asked | None = None) -> tuple[Catalogue, Loaded]:
    """A catalogue with these files loaded into it, as somebody loads a folder."""
    given = folder / "given"
    given.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (given / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    catalogue = Catalogue(folder / "tables")
    return catalogue, load(given, catalogue, asked or Asked(), AT, formats=(Icd10OrderFile(),))


def tables_of(catalogue: Catalogue) -> Tables:
    """What a service sees of it."""
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])
