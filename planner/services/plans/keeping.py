"""Keeps plans, reads them back, and makes them again from what they rest on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import msgspec

from planner.errors import StoreError
from planner.services.plans.document import PlanDocument
from planner.services.plans.planning import Planning, make_plan
from planner.services.plans.request import decode_request
from planner.store.plan_records import StoredPlan
from planner.store.repository import Store

_NOT_COMPARED = frozenset({"plan", "created_at", "planner_version", "schema"})
_SHOWN = 20  # differences: after them everything is different
_LONGEST_TOLD = 80  # characters of a value


def keep_plan(store: Store, planning: Planning, document: PlanDocument) -> PlanDocument:
    """Store a plan with everything that it rests on; the document with its identifier.

    Raises:
        StoreError: if it cannot be stored.
    """
    plan_id, moment = store.new_plan()
    named = replace(document, plan=plan_id, created_at=moment.isoformat(timespec="seconds"))
    store.record_plan(
        StoredPlan(
            plan_id=plan_id,
            created_at=moment,
            planner_version=document.planner_version,
            as_of=date.fromisoformat(document.as_of),
            book=planning.book,
            seed=planning.request.seed,
            runs=document.runs,
            request=planning.request.encoded(),
            headline=document.headline,
            document=msgspec.json.encode(named).decode(),
        )
    )
    return named


def decode_plan(stored: StoredPlan) -> PlanDocument:
    """The document of a stored plan.

    Raises:
        StoreError: if it is damaged.
    """
    try:
        return msgspec.json.decode(stored.document, type=PlanDocument)
    except msgspec.MsgspecError as error:
        raise StoreError(f"the stored plan {stored.plan_id} is damaged: {error}") from error


def reproduce(store: Store, stored: StoredPlan) -> tuple[str, ...]:
    """What differs when the plan is made again from its runs, prices, assumptions and seed; nothing: the same.

    Raises:
        PricingError: if it cannot be made again.
        RunNotFoundError: if a run that it rests on was deleted.
    """
    decode_plan(stored)
    planning = Planning(request=decode_request(stored.request), book=stored.book, today=stored.as_of)
    after = make_plan(store, planning)
    return tuple(_differences(msgspec.json.decode(stored.document), _as_read(after)))[:_SHOWN]


def _as_read(document: PlanDocument) -> object:
    """What a reader of its JSON sees."""
    return msgspec.json.decode(msgspec.json.encode(document))


def _differences(before: object, after: object, place: str = "") -> Iterator[str]:
    match before, after:
        case dict(), dict():
            for key in before:  # what a later version says beside it is no difference
                if place or key not in _NOT_COMPARED:
                    yield from _differences(before[key], after.get(key), f"{place}.{key}".lstrip("."))
        case list(), list() if len(before) == len(after):
            for index, (old, new) in enumerate(zip(before, after, strict=True)):
                yield from _differences(old, new, f"{place}[{index}]")
        case _:
            if before != after:
                yield f"{place}: was {_told(before)}, is {_told(after)}"


def _told(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}…"
