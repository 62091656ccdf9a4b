"""What is generated from the contracts and committed: `python -m shared.events.schemas --write | --check | --release`.

`docs/events/schemas/` is the present, `docs/events/released/` what the last release promised. A present schema that
does not keep the promise is a fault; the cure is a new version of the event type. `docs/events/examples/` are payloads
that were written once and must stay readable for ever.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.events import asyncapi
from shared.events.compatibility import breaks
from shared.events.contracts import EVENTS
from shared.events.payload_schema import payload_schema

FOLDER = Path(__file__).parents[2] / "docs" / "events"


def generated(folder: Path = FOLDER) -> dict[Path, str]:
    """Every generated file under `folder` with its text."""
    files = {
        folder / "schemas" / model.topic / f"{model.event_type}.json": _text(payload_schema(model)) for model in EVENTS
    }
    files[folder / "asyncapi.json"] = _text(asyncapi.document(examples(folder)))
    return files


def examples(folder: Path = FOLDER) -> dict[tuple[str, str], list[Any]]:
    """The committed example payloads by topic and type: `examples/<topic>/<type>/<n>.json`."""
    found: dict[tuple[str, str], list[Any]] = {}
    for path in sorted(folder.glob("examples/*/*/*.json")):
        payload = json.loads(path.read_text(encoding="utf-8"))
        found.setdefault((path.parts[-3], path.parts[-2]), []).append(payload)
    return found


def differences(folder: Path = FOLDER) -> Iterator[str]:
    """What is wrong with the committed files, one line each."""
    for path, text in generated(folder).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(folder)} is not what the contracts say; run `make generate`"
    yield from broken_promises(folder)


def broken_promises(folder: Path = FOLDER) -> Iterator[str]:
    """Where the present contracts break with the last release, one line each."""
    present = {(model.topic, f"{model.event_type}.json"): payload_schema(model) for model in EVENTS}
    for path in sorted(folder.glob("released/*/*.json")):
        released = json.loads(path.read_text(encoding="utf-8"))
        name = path.relative_to(folder / "released")
        schema = present.get((path.parts[-2], path.name))
        if schema is None:
            yield f"{name} was promised and is gone"
        else:
            yield from (f"{name}{fault}" for fault in breaks(released, schema))


def write(folder: Path = FOLDER) -> None:
    for path, text in generated(folder).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def release(folder: Path = FOLDER) -> None:
    """Make the present schemas the promise to keep."""
    for model in EVENTS:
        path = folder / "released" / model.topic / f"{model.event_type}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not for people to read, and as large as the present schemas: on one line.
        path.write_text(json.dumps(payload_schema(model), ensure_ascii=False) + "\n", encoding="utf-8")


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """0 if all is well, 1 after naming each fault on standard error."""
    parser = argparse.ArgumentParser(prog="python -m shared.events.schemas", description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", action="store_true", help="rewrite the generated files")
    choice.add_argument("--check", action="store_true", help="compare them, and hold them against the last release")
    choice.add_argument("--release", action="store_true", help="make the present schemas the promise to keep")
    chosen = parser.parse_args(arguments)
    if chosen.write:
        write()
    faults = list(broken_promises() if chosen.release or chosen.write else differences())
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    if chosen.release and not faults:
        release()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
