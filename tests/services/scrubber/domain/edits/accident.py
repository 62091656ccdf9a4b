from tests.builders import a_professional_claim
from tests.services.scrubber.cases import fires

AUTO = {"causes": ["AA"], "state": "TN"}


def after(related, day="2026-11-15"):
    return a_professional_claim().but(related_causes=related, dates={"accident": day})


CASES = [
    fires("accident-state-missing", after({"causes": ["AA"]}), "/related_causes/state", "2300 CLM11-4", "A7:727"),
    fires("accident-date-missing", after(AUTO, None), "/dates/accident", "2300 DTP03", "A6:728"),
    fires("accident-after-service", after(AUTO, "2026-11-17"), "/dates/accident", "2300 DTP03", "A7:728"),
]

NEAR_MISSES = [after(AUTO), after(AUTO, "2026-11-16"), after({"causes": ["EM"]}, None)]
