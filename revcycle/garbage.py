"""How often a process looks for garbage that hangs together in a circle. All else is freed at once."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Look less often, and never among what is there by now: tables, edits, apps, modules.

    Claims that are read by the thousand are all alive: to look through them, and through all else, again and again is a
    fifth to a half of the work.
    """
    gc.freeze()
    gc.set_threshold(20_000)
