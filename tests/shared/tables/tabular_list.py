"""A day on which the tabular list of a fresh install answers: it is that of April 2026."""

from __future__ import annotations

from datetime import date

DAY = date(2026, 5, 1)
