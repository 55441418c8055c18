"""Keeps and finds the price books that were imported, which belong to no run.

Works inside the caller's session and transaction. What comes out is checked against its digest.
"""

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from planner.errors import StoreError
from planner.store.host_tables import PriceBookRow
from pricing.book import PriceBook, book_bytes, book_from_bytes
from pricing.errors import BookError

_MOST_BYTES = 64_000_000  # a damaged or hostile row must not unpack to more


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBookRecord:
    """An imported book in brief: its digest, how it was named, when it came, how many prices it holds."""

    digest: str
    label: str
    imported_at: datetime
    prices: int


def write_book(session: Session, book: PriceBook, *, label: str, moment: datetime) -> bool:
    """Add a book; False where it was there already, and then its first label and moment stay."""
    if session.get(PriceBookRow, book.digest) is not None:
        return False
    session.add(
        PriceBookRow(
            digest=book.digest,
            label=label,
            imported_at=moment,
            prices=len(book.offers) + len(book.owned),
            content=pack(book),
        )
    )
    return True


def read_records(session: Session) -> tuple[PriceBookRecord, ...]:
    """All books in brief, in the order in which they came."""
    columns = (PriceBookRow.digest, PriceBookRow.label, PriceBookRow.imported_at, PriceBookRow.prices)
    rows = session.execute(select(*columns).order_by(PriceBookRow.imported_at, PriceBookRow.digest))
    return tuple(
        PriceBookRecord(digest=digest, label=label, imported_at=moment, prices=prices)
        for digest, label, moment, prices in rows
    )


def read_book(session: Session, digest: str) -> PriceBook:
    """One book, by its whole digest.

    Raises:
        StoreError: if it is not there, or is damaged.
    """
    row = session.get(PriceBookRow, digest)
    if row is None:
        raise StoreError(f"there is no price book {digest[:64]!r} in the database: `planner prices list` names those")
    return unpack(row.content, digest)


def pack(book: PriceBook) -> bytes:
    """A book as it is stored."""
    return zlib.compress(book_bytes(book))


def unpack(data: bytes, digest: str) -> PriceBook:
    """The book of that digest.

    Raises:
        StoreError: if it is damaged, or another.
    """
    try:
        content = _unpacked(data)
        if hashlib.sha256(content).hexdigest() != digest:
            raise StoreError(f"the stored price book {digest[:12]} is not what its digest says: it is damaged")
        return book_from_bytes(content)
    except (zlib.error, BookError) as error:
        raise StoreError(f"the stored price book {digest[:12]} is damaged: {error}") from error


def remove_book(session: Session, digest: str) -> None:
    """Forget a book."""
    session.execute(delete(PriceBookRow).where(PriceBookRow.digest == digest))


def _unpacked(data: bytes) -> bytes:
    stream = zlib.decompressobj()
    content = stream.decompress(data, _MOST_BYTES)
    if stream.unconsumed_tail or not stream.eof:
        raise StoreError("a stored price book is damaged, or unpacks to more than any book has")
    return content
