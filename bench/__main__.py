"""`python -m bench [name…]`: every benchmark, or those named, one after another, after a word on the machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

BENCHES = (
    "db",
    "bus",
    "x12",
    "batches",
    "submit",
    "tables",
    "scrub",
    "defects",
    "group",
    "engine_threads",
    "hcc",
    "rest",
    "line",
    "assertions",
    "reading",
    "search",
    "checks",
)
SECONDS = 1800


def describe_machine() -> str:
    """Processor, cores, memory, system and Python, as a line."""
    cpu = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    load = os.getloadavg()[0]
    # A Python built without them runs pure Python at less than half the pace: look here before comparing figures.
    optimized = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    python = f"Python {platform.python_version()} built {'with' if optimized else 'without'} optimizations"
    system = f"{platform.system()} {platform.release()}, {python}"
    return f"{cpu}, {os.cpu_count()} cores, {memory / 2**20:.0f} GiB, {system}, load average {load:.1f}"


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHES)
    if unknown:
        print(f"bench: no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    print(describe_machine())
    failed = 0
    for name in names or BENCHES:
        print(f"\n== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"bench.{name}"], timeout=SECONDS, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
