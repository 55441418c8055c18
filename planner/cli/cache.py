"""`planner cache`: lists and prunes quantised artifacts."""

import argparse
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.errors import ArtifactError, UsageError
from harness.quantize.artifacts import ArtifactCache
from harness.supervisor.host_lock import default_lock_path, host_lock
from harness.workloads.places import cache_root
from planner.cli import output
from planner.cli.reading import duration_s
from planner.services.artifact_cache import CacheEntry, CacheListing, Pruned, list_cache, moment_before, prune
from planner.wording import quantities
from planner.wording.moments import age, short
from planner.wording.text import plain

_DIGEST_DIGITS = 12


def cache(options: argparse.Namespace) -> int:
    """List the cache, or prune it."""
    root = cache_root()
    found = ArtifactCache(root)
    older_than = None
    if options.older_than is not None:
        older_than = moment_before(duration_s(options.older_than, option="--older-than"))
    if options.action == "list":
        _show_list(options, list_cache(found, str(root), older_than=older_than))
        return 0
    if options.all == (older_than is not None):
        raise UsageError("prune what? Say either --older-than 30d or --all; artifacts can be made again, in minutes")
    with host_lock(default_lock_path()):  # a run that measures now may still open its artifacts
        pruned = prune(found, str(root), older_than=older_than)
    _show_pruned(options, pruned)
    if pruned.stuck:
        raise ArtifactError(f"{len(pruned.stuck)} artifacts in {root} cannot be removed: change their permissions")
    return 0


def _show_list(options: argparse.Namespace, listing: CacheListing) -> None:
    if options.json:
        output.show_json(listing)
    elif not listing.entries:
        age_named = " so old" if options.older_than else ""
        output.show_text(plain(f"{listing.place} holds no artifact{age_named}: `planner bench` makes them as needed"))
    else:
        total = f"{len(listing.entries)} artifacts, {quantities.size(listing.size_bytes)} in {listing.place}"
        output.show(_table(listing, now=datetime.now(UTC)), Text(plain(f"\n{total}")))


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
    if entry.made_at is None:
        made: RenderableType = quantities.ABSENT
    else:
        made = Group(short(entry.made_at, now=now), Text(age(entry.made_at, now=now), style="dim"))
    versions = "\n".join(f"{name} {version}" for name, version in entry.versions.items())
    return Text(entry.digest[:_DIGEST_DIGITS]), what, quantities.size(entry.size_bytes), made, Text(plain(versions))


def _show_pruned(options: argparse.Namespace, pruned: Pruned) -> None:
    if options.json:
        output.show_json(pruned)
        return
    count = len(pruned.removed)
    if count or pruned.stuck:
        freed = quantities.size(pruned.freed_bytes)
        output.show_text(plain(f"{count} artifact{'s' * (count != 1)} removed, {freed} freed in {pruned.place}"))
    else:
        output.show_text(plain(f"nothing to prune in {pruned.place}"))
