"""Charts coded right, by hand from the guidelines: on none of them may a rule call anything an error."""

from __future__ import annotations

from tests.services.encoder.domain.guidelines.cases import Case


def _chart(name: str, codes: str, **facts: object) -> Case:
    return Case(name, codes, **facts)  # type: ignore[arg-type]  # the facts are the fields of Case


CLEAN_CHARTS = (
    _chart(
        "heart failure, hypertension and kidney disease", "I13.0:Y I50.33:Y N18.32:Y J96.01:Y I48.20:Y Z79.01", age=78
    ),
    _chart("acute on chronic systolic failure", "I11.0:Y I50.23:Y I25.10:Y E78.5:Y Z95.1 Z87.891", age=70),
    _chart(
        "type 2 diabetes with kidney, nerve and foot",
        "E11.621:Y L97.422:Y E11.22:Y N18.31:Y E11.42:Y E11.65:Y Z79.4 Z79.84",
        age=66,
    ),
    _chart("diabetic ketoacidosis of type 1", "E10.10:Y E87.6:Y Z91.148 Z96.41", age=19),
    _chart("sepsis of urinary origin with shock", "A41.51:Y R65.21:Y N17.9:Y N39.0:Y E87.20:Y G93.41:Y", age=81),
    _chart("pneumonia that became sepsis in the stay", "J18.9:Y A41.9:N R65.20:N J96.01:N J44.0:Y F17.210:Y", age=63),
    _chart("sepsis after an operation", "T81.42XA:Y T81.44XA:Y A41.01:Y K65.1:Y | Y83.2:Y", age=55),
    _chart("COVID-19 pneumonia", "U07.1:Y J12.82:Y J96.01:Y E11.65:Y E66.9:Y Z68.35", age=59),
    _chart("COPD with exacerbation and pneumonia", "J44.0:Y J44.1:Y J18.9:Y J96.21:Y Z99.81 F17.210:Y", age=69),
    _chart("infarction without ST elevation", "I21.4:Y I25.110:Y I10:Y E78.00:Y F17.210:Y Z79.82", age=58),
    _chart("stroke with its deficits", "I63.412:Y G81.91:Y R47.01:Y R29.810:Y R29.709:Y I10:Y I48.0:Y", age=74),
    _chart("sequela of a stroke", "I69.351 I69.320 I10 Z74.1", setting="professional", age=75),
    _chart(
        "hip fracture after a fall",
        "S72.011A:Y D62:N F03.90:Y I10:Y | W01.0XXA:Y Y92.010 Y93.01 Y99.8",
        age=84,
        procedures=("0SRR019",),
    ),
    _chart("fracture in osteoporosis", "M80.051A:Y I10:Y Z79.83", age=80),
    _chart("fracture under subsequent care", "S52.501D", setting="professional", age=44),
    _chart("ankle sprain", "S93.401A | W10.8XXA Y92.018 Y93.01 Y99.8", setting="emergency", age=31),
    _chart("delivery without complication", "O80:Y Z37.0 Z3A.39", age=27, sex="F", procedures=("10E0XZZ",)),
    _chart(
        "cesarean after an earlier one, anemia",
        "O34.211:Y O99.02:Y D50.9:Y O24.420:Y Z37.0 Z3A.39",
        age=33,
        sex="F",
        procedures=("10D00Z1",),
    ),
    _chart("prenatal visit of a high-risk pregnancy", "O09.522 Z3A.20", setting="professional", age=38, sex="F"),
    _chart("normal prenatal visit", "Z34.02 Z3A.18", setting="professional", age=24, sex="F"),
    _chart("missed abortion", "O02.1", setting="same_day_surgery", age=30, sex="F"),
    _chart("newborn", "Z38.00 Z23", age=0),
    _chart("preterm newborn", "Z38.01 P07.17:Y P07.36:Y P22.0:Y P59.0:N", age=0),
    _chart("encounter for chemotherapy", "Z51.11 C50.911 Z17.0 C77.3", setting="outpatient", age=52, sex="F"),
    _chart("anemia in a malignancy", "C18.7:Y D63.0:Y C78.7:Y", age=67),
    _chart("follow-up after breast cancer", "Z08 Z85.3 Z90.11", setting="professional", age=60, sex="F"),
    _chart("well visit with vaccination", "Z00.00 Z23 I10", setting="professional", age=47),
    _chart("well child", "Z00.129 Z23", setting="professional", age=4),
    _chart("screening colonoscopy that found a polyp", "Z12.11 K63.5 Z86.0100", setting="outpatient", age=55),
    _chart("dialysis with end-stage disease", "I12.0 N18.6 E11.22 Z99.2 D63.1 Z79.4", setting="outpatient", age=61),
    _chart("overdose of heroin", "T40.1X1A:Y J96.01:Y F11.20:Y", age=29),
    _chart("bleeding ulcer from a drug", "K25.4:Y D62:Y T39.395A:Y M19.90:Y", age=71),
    _chart("burns of two degrees", "T24.311A:Y T23.201A:Y T31.10:Y | X12.XXXA:Y Y92.010", age=40),
    _chart("alcohol withdrawal", "F10.230:Y K70.30:Y F17.210:Y Y90.6", age=50),
    _chart("pressure ulcer that got deeper", "A41.9:Y L89.152:Y L89.153:N N39.0:Y", age=85),
    _chart("HIV disease with pneumocystosis", "B20:Y B59:Y", age=41),
    _chart("catheter infection", "T83.511A:Y N39.0:Y B96.20:Y", age=77),
    _chart("outpatient cough", "R05.1 R50.9", setting="professional", age=35),
    _chart("preoperative examination", "Z01.810 K40.90 I10", setting="professional", age=62),
    _chart("depression and tobacco", "F33.1 F17.210", setting="professional", age=45),
    _chart("knee replacement", "M17.11:Y I10:Y E66.01:Y Z68.38", age=65, procedures=("0SRC0J9",)),
)
