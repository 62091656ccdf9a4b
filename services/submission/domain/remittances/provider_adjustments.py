"""What the adjustments of a provider's account are for, in words."""

from __future__ import annotations

from datetime import date

from services.submission.parameters import parameter


def reason_in_words(code: str, day: date) -> str | None:
    """Of PLB03-1 (005010X221A1), as the list stood on `day`; None where the payer uses a code of its own."""
    editions = parameter("provider_adjustment_reasons")
    # A payer's notice may bear any date: one before the first edition is read by the first.
    words: str | None = editions.on(max(day, editions.begins)).get(code)
    return words
