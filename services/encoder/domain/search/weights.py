"""What each figure counts. Fitted by `python -m bench.search_weights`, never by hand."""

from __future__ import annotations

from services.encoder.domain.search.ranking import Figures

BY_WORDS = Figures(
    said=1.21,
    said_above=4.19,
    said_by_headings=1.15,
    said_by_subcategory=1.98,
    said_by_category=3.4,
    category_share=0.64,
    name_fit=1.41,
    name_both=0.7,
    description_asked=1.13,
    description_said=2.79,
    included=0.62,
    exact=1.22,
    often_named=1.68,
    unspecified=-0.33,
    other_asked=1.72,
    other=-0.1,
    side=-3.74,
    open_side=-2.16,
    heading=-0.72,
    length=-2.12,
    similarity=0.0,
    category_similarity=0.0,
)
"""Where only words are searched."""
WITH_MEANING = BY_WORDS._replace(similarity=6.0, category_similarity=2.0)
"""Where meaning is searched too."""
