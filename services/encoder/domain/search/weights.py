"""What each figure counts. Fitted by `python -m bench.search_weights`, never by hand."""

from __future__ import annotations

from services.encoder.domain.search.ranking import Figures

BY_WORDS = Figures(
    said=0.07,
    said_above=4.91,
    said_by_headings=0.32,
    said_by_subcategory=1.21,
    said_by_category=2.61,
    category_share=-0.09,
    name_fit=1.14,
    name_both=1.26,
    description_asked=2.36,
    description_said=1.33,
    included=1.05,
    exact=1.33,
    often_named=1.25,
    unspecified=-0.26,
    other_asked=2.05,
    other=-0.1,
    side=-3.28,
    side_missed=-0.93,
    without=-0.04,
    open_side=-1.63,
    heading=-0.5,
    length=-1.84,
    similarity=0.0,
    category_similarity=0.0,
)
"""Where only words are searched."""
WITH_MEANING = BY_WORDS._replace(similarity=6.0, category_similarity=2.0)
"""Where meaning is searched too."""
