"""`planner plan` and `planner plans`: what a fleet costs, and what a change saves."""

import argparse
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from harness.errors import UsageError
from planner.cli import diagnostics, output
from planner.cli.plan_list import plan_table
from planner.cli.plan_llm_request import language_model_of
from planner.cli.plan_optimise import optimise_of
from planner.cli.plan_replay import replay_screen
from planner.drawing.plan_view import plan_screen
from planner.services.plans.document import SCHEMA
from planner.services.plans.keeping import decode_plan, keep_plan, reproduce
from planner.services.plans.planning import Planning, make_plan, settled
from planner.services.plans.replaying import Replay, replay
from planner.services.plans.request import (
    PlanRequest,
    decode_request,
    layer_of_file,
    layer_of_options,
    target_file,
    traffic_of_file,
)
from planner.services.prices import book_in_force, price_date, store_if_there
from planner.settings import database_address
from planner.store.plan_records import StoredPlan
from planner.store.repository import Store
from planner.wording.text import plain
from planner.wording.typed import per_second
from pricing.assumptions import template
from pricing.uncertainty import DRAWS, LEAST_DRAWS, MOST_DRAWS

_DEFAULT_SEED = 1
_LARGEST_SEED = 2**31 - 1  # what every database holds


def plan(options: argparse.Namespace) -> int:
    """Make a plan, show it, keep it."""
    if options.template:
        output.show_text(template())
        return 0
    address = database_address(options.db)
    with _evidence(address, options) as store:
        planning = _planning(options, store)
        if options.replay is not None:
            _refuse_beside_replay(options)
            day = price_date(options.replay, today=planning.today, option="--replay")
            return _show_replay(replay(store, planning, day), options)
        document = make_plan(store, planning)
    if not options.no_store:
        with Store.open(address) as store:
            document = keep_plan(store, planning, document)
    if options.json:
        output.show_json(document)
    else:
        output.show(*plan_screen(document, width=output.width()))
        if not options.no_store:
            output.show_text(
                plain(f"\nplan {document.plan} is stored in {address} · planner plans show {document.plan}")
            )
    return 0


def plans(options: argparse.Namespace) -> int:
    """List, show, reproduce, replay or delete plans."""
    with Store.open_existing(database_address(options.db)) as store:
        match options.action:
            case "list":
                found = store.plans(limit=options.limit if options.limit > 0 else None)
                if options.json:
                    output.show_json(found)
                elif found:
                    output.show(plan_table(found, now=datetime.now(UTC)))
                else:
                    output.show_text("no plan is stored yet: `planner plan` makes one")
                return 0
            case "show":
                document = decode_plan(store.plan(options.plan))
                if options.json:
                    output.show_json(document)
                else:
                    output.show(*plan_screen(document, width=output.width(), with_register=options.assumptions))
                return 0
            case "reproduce":
                return _reproduce(store, options)
            case "replay":
                return _replay_stored(store, options)
            case _:
                output.show_text(plain(f"plan {store.delete_plan(options.plan)} is deleted"))
                return 0


def _reproduce(store: Store, options: argparse.Namespace) -> int:
    stored = store.plan(options.plan)
    differences = reproduce(store, stored)
    if options.json:
        output.show_json({"plan": stored.plan_id, "is_same": not differences, "differences": differences})
    elif differences:
        output.show_text(plain(f"plan {stored.plan_id} is not what it was:{_of_an_earlier_planner(stored)}"))
        for difference in differences:
            output.show_text(plain(f"  {difference}"))
    else:
        output.show_text(plain(f"plan {stored.plan_id} reproduces to the cent"))
    return 1 if differences else 0


def _of_an_earlier_planner(stored: StoredPlan) -> str:
    """An earlier planner reckoned otherwise; what differs is then no fault of its prices or runs."""
    schema = decode_plan(stored).schema
    return "" if schema == SCHEMA else f" an earlier planner made it ({schema}, now {SCHEMA}), which reckoned otherwise"


def _refuse_beside_replay(options: argparse.Namespace) -> None:
    """What a replay does not show would be lost in silence."""
    for name in ("optimise", "sobol", "draws"):
        if getattr(options, name) not in (None, False):
            raise UsageError(f"--replay compares the three fleets: for --{name}, --as-of takes another day")


def _replay_stored(store: Store, options: argparse.Namespace) -> int:
    stored, today = store.plan(options.plan), datetime.now(UTC).date()
    day = price_date(options.day, today=today, option="the day")
    planning = Planning(request=decode_request(stored.request), book=stored.book, today=today)
    return _show_replay(replay(store, planning, day, plan=decode_plan(stored)), options)


def _show_replay(found: Replay, options: argparse.Namespace) -> int:
    if options.json:
        output.show_json(found)
    else:
        output.show(*replay_screen(found, width=output.width()))
    return 0


def _evidence(address: str, options: argparse.Namespace) -> AbstractContextManager[Store | None]:
    """The database; none is created before there is a plan to keep."""
    return Store.open_existing(address) if options.run else store_if_there(address)


def _planning(options: argparse.Namespace, store: Store | None) -> Planning:
    today = datetime.now(UTC).date()
    request = settled(_request(options, store), store)
    book = book_in_force(store, files=[Path(name) for name in options.prices], today=today, targets=request.targets())
    tell = _say_nothing if options.quiet else diagnostics.note
    return Planning(request=request, book=book, today=today, tell=tell)


def _say_nothing(_: str) -> None:
    """With --quiet."""


def _request(options: argparse.Namespace, store: Store | None) -> PlanRequest:
    seed = _DEFAULT_SEED if options.seed is None else options.seed
    draws = DRAWS if options.draws is None else options.draws
    if not 0 <= seed <= _LARGEST_SEED:
        raise UsageError(f"--seed {seed:.6g}: write a whole number from 0 to {_LARGEST_SEED:,}")
    if not LEAST_DRAWS <= draws <= MOST_DRAWS:
        raise UsageError(f"--draws {draws:.6g}: write a whole number from {LEAST_DRAWS} to {MOST_DRAWS:,}")
    language_model = language_model_of(options)
    layers = [layer_of_file(Path(options.assumptions))] if options.assumptions is not None else []
    return PlanRequest(
        layers=(*layers, layer_of_options(_stated(options))),
        runs=() if store is None else tuple(store.resolve(name) for name in options.run),
        traffic=traffic_of_file(Path(options.traffic)) if options.traffic is not None else None,
        target_files=tuple(target_file(Path(name)) for name in options.target_file),
        seed=seed,
        draws=draws,
        with_sobol=options.sobol,
        language_model=language_model,
        optimise=optimise_of(options),
    )


def _stated(options: argparse.Namespace) -> dict[str, object | None]:
    quantile, limit = _slo(options.slo)
    return {
        "workload.model": options.model,
        "from.target": options.origin,
        "from.precision": options.baseline,
        "from.provider": options.provider,
        "from.region": options.region,
        "from.purchase": options.purchase,
        "from.instances": options.instances,
        "to.target": options.destination,
        "to.precision": options.variant,
        "demand.peak": None if options.qps is None else per_second(options.qps),
        "slo.quantile": quantile,
        "slo.limit": limit,
        "prices.as_of": options.as_of,
    }


def _slo(text: str | None) -> tuple[str | None, str | None]:
    if text is None:
        return None, None
    quantile, sign, limit = text.partition("=")
    if not sign:
        raise UsageError(f"--slo {text!r:.60}: write a quantile and a time, such as p99=50ms")
    return quantile.strip(), limit.strip()
