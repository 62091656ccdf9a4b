from pathlib import Path

from services.scrubber.catalogue import page

ROOT = Path(__file__).parents[3]


def test_the_page_of_edits_is_the_one_that_the_code_makes():
    """`make generate` rewrites it."""
    assert (ROOT / "docs/edits.md").read_text(encoding="utf-8") == page()
