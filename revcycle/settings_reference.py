"""The settings in `docs/operations.md`, made from the settings themselves: `python -m revcycle.settings_reference`."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings

from services.encoder.settings import EncoderSettings
from services.grouper.settings import GrouperSettings
from services.scrubber.settings import ScrubberSettings
from services.simulator.settings import SimulatorSettings
from services.submission.settings import SubmissionSettings
from shared.runtime import Settings

PAGE = Path(__file__).parents[1] / "docs" / "operations.md"
BEGIN, END = "<!-- settings: made by `make generate` -->", "<!-- end of settings -->"
ALL: tuple[type[BaseSettings], ...] = (
    Settings,
    EncoderSettings,
    GrouperSettings,
    ScrubberSettings,
    SubmissionSettings,
    SimulatorSettings,
)


def reference() -> str:
    """A table row for each setting of every process: variable, default, meaning."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for settings in ALL:
        prefix = settings.model_config.get("env_prefix", "")
        for name, field in settings.model_fields.items():
            default = _default(field.get_default(call_default_factory=True))
            meaning = " ".join((field.description or "").split()).replace("|", "/")
            rows.append(f"| `{prefix}{name.upper()}` | {default} | {meaning} |")
    return "\n".join(rows)


def _default(value: object) -> str:
    return "" if value is None else f"`{value}`"


def page_with(reference_table: str, page: str) -> str:
    """The page with the table between its marks."""
    head, rest = page.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n\n{reference_table}\n\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(page_with(reference(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
