"""Books are compiled once for each edition, and a look at the edition counts for a moment."""

from __future__ import annotations

from datetime import timedelta

from services.scrubber.domain.rules.book import RuleBook
from services.scrubber.domain.rules.shelf import TRUSTED_FOR, RuleShelf
from tests.services.scrubber.domain.rules.examples import AT

BOOK = RuleBook("e-1", ())


def test_a_book_is_found_as_long_as_its_edition_is_the_last():
    shelf = RuleShelf()
    shelf.keep("north", BOOK)
    assert shelf.find("north", "e-1") is BOOK
    assert shelf.find("north", "e-2") is None
    assert shelf.find("south", "e-1") is None


def test_the_books_of_tenants_that_were_asked_for_last_stay():
    shelf = RuleShelf(most=2)
    for tenant in ("a", "b"):
        shelf.keep(tenant, BOOK)
    shelf.find("a", "e-1")
    shelf.keep("c", BOOK)
    assert [shelf.find(tenant, "e-1") for tenant in "abc"] == [BOOK, None, BOOK]


def test_a_look_counts_for_a_moment_and_until_something_is_changed_here():
    shelf = RuleShelf()
    assert shelf.trusted("north", AT) is None
    shelf.trust("north", BOOK, AT)
    assert shelf.trusted("north", AT + TRUSTED_FOR - timedelta(milliseconds=1)) is BOOK
    assert shelf.trusted("north", AT + TRUSTED_FOR) is None
    assert shelf.trusted("south", AT) is None
    shelf.forget("north")
    assert shelf.trusted("north", AT) is None
