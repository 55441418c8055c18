"""Imported price books in the store: kept whole, found again, and never believed when damaged."""

import zlib

import pytest
from helpers.offers import OFFER, make_offer
from helpers.runs import create_full_run
from sqlalchemy import text

from planner.errors import StoreError
from planner.store import Store
from pricing.book import PriceBook, shipped_book

BOOK = PriceBook((OFFER,))


def test_a_book_comes_back_exactly_as_it_was(store: Store) -> None:
    assert store.record_price_book(shipped_book(), label="all")

    (record,) = store.price_books()

    assert (record.digest, record.label, record.prices) == (shipped_book().digest, "all", 406)
    assert store.price_book(record.digest) == shipped_book()


def test_books_are_listed_in_the_order_in_which_they_came_and_once(store: Store) -> None:
    other = PriceBook((make_offer(0.4),))
    for book, label in ((other, "first"), (BOOK, "second")):
        assert store.record_price_book(book, label=label)

    assert not store.record_price_book(other, label="again")
    assert [one.label for one in store.price_books()] == ["first", "second"]


def test_a_book_that_is_forgotten_is_gone_and_deleting_a_run_forgets_none(store: Store) -> None:
    store.record_price_book(BOOK, label="mine")
    store.delete(create_full_run(store))
    assert len(store.price_books()) == 1

    store.forget_price_book(BOOK.digest)

    assert store.price_books() == ()
    with pytest.raises(StoreError, match="there is no price book"):
        store.price_book(BOOK.digest)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"damaged", "is damaged"),
        (zlib.compress(b"{}"), "not what its digest says"),
        (zlib.compress(b"[" * 65_000_000), "unpacks to more than any book has"),
    ],
)
def test_a_damaged_book_is_named_as_such(store: Store, content: bytes, told: str) -> None:
    store.record_price_book(BOOK, label="mine")
    with store.writing() as session:
        session.execute(text("UPDATE price_books SET content = :content"), {"content": content})

    with pytest.raises(StoreError, match=told):
        store.price_book(BOOK.digest)
