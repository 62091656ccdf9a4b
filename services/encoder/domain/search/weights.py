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
WITH_MEANING = Figures(
    said=-1.45,
    said_above=5.09,
    said_by_headings=-0.31,
    said_by_subcategory=2.2,
    said_by_category=2.0,
    category_share=-1.59,
    name_fit=0.68,
    name_both=0.83,
    description_asked=1.61,
    description_said=2.06,
    included=0.6,
    exact=1.73,
    often_named=1.76,
    unspecified=-0.25,
    other_asked=1.98,
    other=0.36,
    side=-4.36,
    side_missed=-2.64,
    without=-0.02,
    open_side=-1.49,
    heading=-0.44,
    length=-2.38,
    similarity=6.01,
    category_similarity=1.32,
)
"""Where meaning is searched too."""
