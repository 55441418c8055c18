"""`planner plan` and `planner plans`: what a fleet costs, and what a change saves."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from harness.errors import UsageError
from planner.cli import diagnostics, output
from planner.cli.plan_list import plan_table
from planner.cli.plan_view import plan_screen
from planner.cli.text import plain
from planner.services.plans.keeping import decode_plan, keep_plan, reproduce
from planner.services.plans.planning import Planning, make_plan
from planner.services.plans.request import (
    Layer,
    PlanRequest,
    TargetFile,
    layer_of_file,
    layer_of_options,
    traffic_of_file,
)
from planner.services.prices import book_in_force
from planner.settings import database_address
from planner.store.repository import Store
from pricing.assumptions import template
from pricing.errors import TargetError

_LARGEST_FILE = 1_000_000  # bytes of a file of targets: a thousand data sheets


def plan(options: argparse.Namespace) -> int:
    """Make a plan, show it, keep it."""
    if options.template:
        output.show_text(template())
        return 0
    today = datetime.now(UTC).date()
    address = database_address(options.db)
    with Store.open(address) as store:
        request = _request(options, store)
        book = book_in_force(
            store, files=[Path(name) for name in options.prices], today=today, targets=request.targets()
        )
        planning = Planning(
            request=request, book=book, today=today, tell=(lambda _: None) if options.quiet else diagnostics.note
        )
        document = make_plan(store, planning)
        if not options.no_store:
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
    """List, show, reproduce or delete plans."""
    with Store.open_existing(database_address(options.db)) as store:
        match options.action:
            case "list":
                found = store.plans(limit=options.limit or None)
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
            case _:
                stored = store.plan(options.plan)
                store.delete_plan(stored.plan_id)
                output.show_text(f"plan {stored.plan_id} is deleted")
                return 0


def _reproduce(store: Store, options: argparse.Namespace) -> int:
    stored = store.plan(options.plan)
    differences = reproduce(store, stored)
    if options.json:
        output.show_json({"plan": stored.plan_id, "is_same": not differences, "differences": differences})
    elif differences:
        output.show_text(plain(f"plan {stored.plan_id} is not what it was:"))
        for difference in differences:
            output.show_text(plain(f"  {difference}"))
    else:
        output.show_text(f"plan {stored.plan_id} reproduces to the cent")
    return 1 if differences else 0


def _request(options: argparse.Namespace, store: Store) -> PlanRequest:
    layers: list[Layer] = []
    if options.assumptions:
        layers.append(layer_of_file(Path(options.assumptions)))
    layers.append(layer_of_options(_stated(options)))
    return PlanRequest(
        layers=tuple(layers),
        runs=tuple(store.resolve(name) for name in options.run),
        traffic=traffic_of_file(Path(options.traffic)) if options.traffic else None,
        target_files=tuple(_target_file(Path(name)) for name in options.targets),
        seed=options.seed,
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
        "demand.peak": _rate(options.qps),
        "slo.quantile": quantile,
        "slo.limit": limit,
        "prices.as_of": options.as_of,
    }


def _rate(text: str | None) -> str | None:
    """A bare number after --qps is in requests per second, as its name says."""
    if text is None:
        return None
    return f"{text} requests/s" if text[-1:].isdigit() else text


def _slo(text: str | None) -> tuple[str | None, str | None]:
    if text is None:
        return None, None
    quantile, sign, limit = text.partition("=")
    if not sign:
        raise UsageError(f"--slo {text!r:.60}: write a quantile and a time, such as p99=50ms")
    return quantile.strip(), limit.strip()


def _target_file(path: Path) -> TargetFile:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise TargetError(f"{path} has more than {_LARGEST_FILE:,} bytes: that is no file of targets")
        return TargetFile(name=path.name, text=path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TargetError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TargetError(f"{path} is no text in UTF-8") from error
