"""The tables of what belongs to no run: certificates of hosts, price books, plans, waivers."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from planner.store.table_base import Base


class SelfTestRow(Base):
    """What the harness found out about its own errors on a host."""

    __tablename__ = "selftests"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    host_id: Mapped[str] = mapped_column(index=True)
    finished_at: Mapped[datetime]
    kind: Mapped[str]
    planner_version: Mapped[str]
    is_simulated: Mapped[bool]
    certificate: Mapped[str]


class PriceBookRow(Base):
    """Prices that somebody imported, whole: the canonical bytes of the book, compressed."""

    __tablename__ = "price_books"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    label: Mapped[str]
    imported_at: Mapped[datetime]
    prices: Mapped[int]
    content: Mapped[bytes]


class PlanRow(Base):
    """What a fleet would cost, with everything that the answer rests on."""

    __tablename__ = "plans"
    plan_id: Mapped[str] = mapped_column(String(8), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    planner_version: Mapped[str]
    as_of: Mapped[str]
    book_digest: Mapped[str]
    book: Mapped[bytes]
    seed: Mapped[int]
    runs: Mapped[str]
    request: Mapped[str]
    headline: Mapped[str]
    document: Mapped[bytes]


class WaiverRow(Base):
    """Who accepted a claim in spite of what the rules say. `rules` are words with spaces between."""

    __tablename__ = "waivers"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    claim_id: Mapped[str]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    rules: Mapped[str]
    waived_by: Mapped[str]
    note: Mapped[str]
    waived_at: Mapped[datetime]
