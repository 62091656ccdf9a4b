"""The versions that `drgpy` 0.2.1 has, with a day of each: all that we carry but v40.1 and v44."""

from __future__ import annotations

from datetime import date

LAST_DAYS = {
    "v40": date(2023, 3, 31),
    "v41": date(2024, 3, 31),
    "v41.1": date(2024, 9, 30),
    "v42": date(2025, 3, 31),
    "v42.1": date(2025, 9, 30),
    "v43": date(2026, 3, 31),
    "v43.1": date(2026, 9, 30),
}
