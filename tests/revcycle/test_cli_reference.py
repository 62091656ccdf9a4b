"""`docs/cli.md` says what the commands say."""

from __future__ import annotations

from pathlib import Path

from revcycle.cli_reference import reference

DOCUMENT = Path(__file__).parents[2] / "docs" / "cli.md"


def test_every_command_is_documented_as_it_is() -> None:
    assert DOCUMENT.read_text("utf-8") == reference(), "run: python -m revcycle.cli_reference > docs/cli.md"


def test_every_command_and_parameter_says_what_it_is_for() -> None:
    for line in reference().splitlines():
        if line.startswith("| `"):
            assert line.split("|")[2].strip(), line
