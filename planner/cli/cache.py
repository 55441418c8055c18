"""`planner cache`: lists and prunes quantised artifacts, and engines with their builders' timings."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.errors import ArtifactError, UsageError
from harness.supervisor.host_lock import default_lock_path, host_lock
from harness.workloads.places import cache_root
from planner.cli import output
from planner.cli.engine_cache_view import counted_engines, engine_table, made_at
from planner.services.artifact_cache import CacheEntry, CacheListing, Pruned, list_cache, moment_before, prune
from planner.services.engine_cache import EngineEntry
from planner.wording import quantities
from planner.wording.text import plain
from planner.wording.typed import duration_s

_DIGEST_DIGITS = 12


def cache(options: argparse.Namespace) -> int:
    """List the cache, or prune it."""
    root = cache_root()
    older_than = None
    if options.older_than is not None:
        older_than = moment_before(duration_s(options.older_than, option="--older-than"))
    if options.action == "list":
        _show_list(options, list_cache(root, older_than=older_than))
        return 0
    if options.all == (older_than is not None):
        raise UsageError("prune what? Say either --older-than 30d or --all; artifacts can be made again, in minutes")
    with host_lock(default_lock_path()):  # a run that measures now may still open its artifacts
        pruned = prune(root, older_than=older_than)
    _show_pruned(options, pruned)
    if pruned.left:
        raise ArtifactError(f"{pruned.left} of them in {root} cannot be removed: change their permissions")
    return 0


def _show_list(options: argparse.Namespace, listing: CacheListing) -> None:
    if options.json:
        output.show_json(listing)
    elif not listing.entries and not listing.engines:
        age_named = " so old" if options.older_than else ""
        output.show_text(plain(f"{listing.place} holds no artifact{age_named}: `planner bench` makes them as needed"))
    else:
        now = datetime.now(UTC)
        counted = _counted(len(listing.entries), listing.engines)
        total = f"{counted}, {quantities.size(listing.size_bytes)} in {listing.place}"
        tables = ([_table(listing, now=now)] if listing.entries else []) + (
            [engine_table(listing.engines, now=now)] if listing.engines else []
        )
        output.show(*tables, Text(plain(f"\n{total}")))


def _table(listing: CacheListing, *, now: datetime) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("artifact", "variant, workload", "size", "made (UTC)", "with"):
        is_short = heading not in {"variant, workload", "with"}
        table.add_column(heading, no_wrap=is_short, overflow="fold", justify="right" if heading == "size" else "left")
    for entry in listing.entries:
        table.add_row(*_row(entry, now=now))
    return table


def _row(entry: CacheEntry, *, now: datetime) -> tuple[RenderableType, ...]:
    what = Group(Text(plain(entry.variant)), Text(plain(entry.workload), style="dim"))
    made = made_at(entry.made_at, now=now)
    versions = "\n".join(f"{name} {version}" for name, version in entry.versions.items())
    return Text(entry.digest[:_DIGEST_DIGITS]), what, quantities.size(entry.size_bytes), made, Text(plain(versions))


def _show_pruned(options: argparse.Namespace, pruned: Pruned) -> None:
    if options.json:
        output.show_json(pruned)
        return
    if pruned.removed or pruned.removed_engines or pruned.left:
        freed = quantities.size(pruned.freed_bytes)
        counted = _counted(len(pruned.removed), pruned.removed_engines)
        output.show_text(plain(f"{counted} removed, {freed} freed in {pruned.place}"))
    else:
        output.show_text(plain(f"nothing to prune in {pruned.place}"))


def _counted(artifacts: int, engines: Sequence[EngineEntry]) -> str:
    counts = [f"{artifacts} artifact{'s' * (artifacts != 1)}"] if artifacts or not engines else []
    return ", ".join((*counts, *counted_engines(engines)))
