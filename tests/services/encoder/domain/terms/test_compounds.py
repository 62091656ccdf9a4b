"""Compounds taken apart, parts of the body as their wholes. Parts by NLM MedlinePlus, Understanding Medical Words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.encoder.domain.terms.compounds import Compounds
from services.encoder.domain.terms.sites import Sites
from services.encoder.parameters.terms import search_vocabulary, vocabulary

FEW = Compounds(
    {"hepat": ("liver",), "splen": ("spleen",), "gastr": ("stomach",), "ot": ("ear",)},
    {"itis": ("inflammation",), "omegaly": ("enlargement",), "optosis": ("prolapse",)},
    frozenset(["peri"]),
    frozenset(["itis"]),
)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("gastritis", ("inflammation", "stomach")),
        ("otitis", ("inflammation", "ear")),
        ("hepatosplenomegaly", ("enlargement", "liver", "spleen")),
        ("perihepatitis", ("inflammation", "liver")),
        ("gastroptosis", ("prolapse", "stomach")),
        ("itis", ()),
        ("capitis", ()),
        ("gastrotitis", ()),  # too short a stem to be one of several
    ],
)
def test_a_compound_says_what_its_parts_say(word: str, parts: tuple[str, ...]) -> None:
    assert FEW.parts(word) == parts


def test_only_what_is_as_well_said_plainly_is_said_so() -> None:
    assert FEW.in_plain_words(("acute", "gastritis")) == ("acute", "inflammation", "stomach")
    assert FEW.in_plain_words(("gastroptosis",)) == ("gastroptosis",)


@given(st.text("aeghilmoprst", max_size=40))
def test_any_word_is_read(word: str) -> None:
    assert all(
        part in {"liver", "spleen", "stomach", "ear", "inflammation", "enlargement", "prolapse"}
        for part in FEW.parts(word)
    )


def test_a_part_is_named_as_its_wholes_the_longest_part_first() -> None:
    sites = Sites({("palate",): [("mouth",)], ("soft", "palate"): [("pharynx",), ("mouth",)]})
    assert list(sites.wider(("burn", "soft", "palate"))) == [("burn", "pharynx"), ("burn", "mouth")]
    assert list(sites.wider(("burn", "hand"))) == []


def test_what_is_only_asked_for_is_not_read_in_records() -> None:
    assert "lipomatosis" not in vocabulary().readings("Dercum's disease")
    assert "lipomatosis" in search_vocabulary().readings("Dercum's disease")


def test_a_bare_term_leads_to_a_title_and_a_longer_text_does_not() -> None:
    known = search_vocabulary()
    assert known.led_to("BPH") == known.led_to("benign prostatic hyperplasia")
    assert known.led_to("BPH").startswith("benign prostatic hyperplasia without")
    assert known.led_to("BPH with urinary retention") == ""
