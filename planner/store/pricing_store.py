"""The part of the store that belongs to costs: price books, plans, waivers. Each recording is one transaction."""

from collections.abc import Sequence
from datetime import datetime

from planner.errors import StoreError
from planner.store import plans, price_books, waivers
from planner.store.database import Database
from planner.store.plan_records import PlanSummary, StoredPlan
from planner.store.price_books import PriceBookRecord
from planner.store.waivers import Waiver
from pricing.book import PriceBook

_ATTEMPTS = 20  # of finding a free identifier among 1.6 · 10⁹: one is enough unless the source is broken


class PricingStore(Database):
    """Price books, plans and waivers. Every method raises `StoreError` if the database cannot be read or written."""

    def record_price_book(self, book: PriceBook, *, label: str) -> bool:
        """Keep a price book whole, by its digest; False where it is there already."""
        with self.writing() as session:
            return price_books.write_book(session, book, label=label, moment=self._now())

    def price_books(self) -> tuple[PriceBookRecord, ...]:
        """The price books in brief, in the order in which they were imported."""
        with self.reading() as session:
            return price_books.read_records(session)

    def price_book(self, digest: str) -> PriceBook:
        """One price book, by its whole digest."""
        with self.reading() as session:
            return price_books.read_book(session, digest)

    def forget_price_book(self, digest: str) -> None:
        """Remove a price book."""
        with self.writing() as session:
            price_books.remove_book(session, digest)

    def new_plan(self) -> tuple[str, datetime]:
        """A free identifier for a plan, and the moment."""
        with self.reading() as session:
            for _ in range(_ATTEMPTS):
                plan_id = self._new_id()
                if not plans.exists(session, plan_id):
                    return plan_id, self._now()
        raise StoreError(f"no free identifier was found for a plan in {self.place}: try again")

    def record_plan(self, plan: StoredPlan) -> None:
        """Keep a plan whole, with the prices that it rests on."""
        with self.writing() as session:
            plans.write_plan(session, plan)

    def plans(self, limit: int | None = None) -> tuple[PlanSummary, ...]:
        """The plans in brief, the newest first, at most `limit`."""
        with self.reading() as session:
            return plans.read_summaries(session, limit=limit)

    def plan(self, name: str) -> StoredPlan:
        """The plan that `name` means: `latest`, an identifier, or a unique start of one.

        Raises:
            StoreError: if none is meant, or more than one, with the choices.
        """
        with self.reading() as session:
            return plans.read_plan(session, plans.resolve(session, name))

    def delete_plan(self, name: str) -> str:
        """Remove the plan that `name` means, as for `plan`, though it be damaged; its identifier."""
        with self.writing() as session:
            plan_id = plans.resolve(session, name)
            plans.remove(session, plan_id)
        return plan_id

    def record_waiver(self, claim_id: str, digest: str, *, rules: Sequence[str], by: str, note: str) -> Waiver:
        """Keep who accepted a claim in spite of these rules, and why; the moment is now."""
        given = Waiver(claim_id=claim_id, digest=digest, rules=tuple(rules), by=by, note=note, moment=self._now())
        with self.writing() as session:
            waivers.write_waiver(session, given)
        return given

    def waivers(self) -> tuple[Waiver, ...]:
        """All waivers, in the order in which they were given."""
        with self.reading() as session:
            return waivers.read_waivers(session)
