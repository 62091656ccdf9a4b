from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.encoder.domain.queries.text import QueryDraft, template_on
from services.encoder.errors import TemplateNotFilled, TemplateNotFound
from tests.services.encoder.domain.queries.drafts import DAY, quoted

OWN: dict[str, Any] = {"purpose": "other", "form": "open_ended", "title": "Findings", "question": "What is it?"}


def test_a_draft_has_its_own_words_or_a_templates():
    assert QueryDraft(**OWN).text(DAY).question == "What is it?"
    with pytest.raises(ValidationError, match="or a template"):
        QueryDraft(title="Findings", question="What is it?")
    with pytest.raises(ValidationError, match="brings"):
        QueryDraft(template="specificity", title="Findings")


def test_a_template_is_filled_in_with_its_terms():
    draft = QueryDraft(
        template="specificity",
        terms={"condition": "Heart failure", "aspect": "acuity"},
        indicators=(quoted("LVEF 30%"),),
    )
    text = draft.text(DAY)
    assert text.title == "Clarification of Heart failure"
    assert "with regard to acuity?" in text.question
    assert [option.kind for option in text.options] == ["other", "undetermined"]


@pytest.mark.parametrize("terms", [{}, {"condition": "x"}, {"condition": "x", "aspect": "y", "more": "z"}])
def test_a_template_takes_its_own_terms_and_all_of_them(terms: dict[str, str]):
    with pytest.raises(TemplateNotFilled, match="aspect, condition"):
        QueryDraft(template="specificity", terms=terms).text(DAY)


def test_a_template_is_one_of_the_day():
    with pytest.raises(TemplateNotFound):
        template_on("specificity", date(1999, 12, 31))
    with pytest.raises(TemplateNotFound):
        template_on("no-such", DAY)
