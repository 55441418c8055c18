"""Reads some of a run's rounds, where all of them would be more than a picture of their distribution needs.

Works inside the caller's session and transaction.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from harness.vocabulary import LoadPoint, Round
from planner.store.codec import unpack_round
from planner.store.runs import require
from planner.store.tables import RoundRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SomeRounds:
    """Rounds under one load, spread evenly over all `of` that there are."""

    rounds: tuple[Round, ...]
    of: int


def read_some_rounds(session: Session, run_id: str, load: LoadPoint, *, most_bytes: int) -> SomeRounds:
    """Rounds under a load, every one or as many as `most_bytes` of stored samples hold, evenly over the run.

    Raises:
        RunNotFoundError: if there is no such run.
        StoreError: if a round is damaged.
    """
    require(session, run_id)
    place = (RoundRow.run_id == run_id, RoundRow.batch == load.batch, RoundRow.concurrency == load.concurrency)
    order = (RoundRow.launch, RoundRow.round_index)
    sizes = select(RoundRow.launch, RoundRow.round_index, func.length(RoundRow.payload)).where(*place).order_by(*order)
    found = [(launch, index, size) for launch, index, size in session.execute(sizes)]
    total = sum(size for *_, size in found)
    count = len(found) if total <= most_bytes else max(1, len(found) * most_bytes // total)
    chosen = {found[number * len(found) // count][:2] for number in range(count)}
    payloads = select(RoundRow.launch, RoundRow.round_index, RoundRow.payload).where(*place).order_by(*order)
    if len(chosen) < len(found):
        payloads = payloads.where(RoundRow.round_index.in_({index for _, index in chosen}))
    rounds = tuple(
        unpack_round(payload) for launch, index, payload in session.execute(payloads) if (launch, index) in chosen
    )
    return SomeRounds(rounds=rounds, of=len(found))
