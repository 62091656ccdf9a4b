"""What each figure counts. Fitted by `python -m bench.search_weights`, never by hand."""

from __future__ import annotations

from services.encoder.domain.search.ranking import Figures

BY_WORDS = Figures(
    said=0.02,
    said_above=4.37,
    said_by_headings=0.53,
    said_by_subcategory=1.86,
    said_by_category=2.92,
    category_share=-0.49,
    name_fit=1.16,
    name_both=1.21,
    description_asked=2.75,
    description_said=1.54,
    included=1.09,
    exact=1.45,
    often_named=1.27,
    unspecified=-0.28,
    other_asked=1.74,
    other=-0.26,
    side=-3.3,
    open_side=-1.77,
    heading=-0.55,
    length=-2.18,
    similarity=0.0,
    category_similarity=0.0,
)
"""Where only words are searched."""
WITH_MEANING = BY_WORDS._replace(similarity=6.0, category_similarity=2.0)
"""Where meaning is searched too."""
