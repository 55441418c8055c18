"""From files that a user names to a workload that can be opened by name, its models looked at on the way."""

import functools
from dataclasses import dataclass

from harness.workloads.bringing import bring
from harness.workloads.keeping import keep
from harness.workloads.naming import BringRequest
from harness.workloads.workload import open_workload
from planner.services.looking import Tell, build_module, feed_texts_apart, inspect_file


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtWorkload:
    """The name to open the workload by, and sentences on what was assumed."""

    reference: str
    notes: tuple[str, ...]


def bring_workload(request: BringRequest, *, base: str | None = None, tell: Tell) -> BroughtWorkload:
    """Describe what was named and keep the description.

    Args:
        request: what was named.
        base: a workload whose own entries it takes the place of.
        tell: told of what takes long.

    Raises:
        UsageError: what was named cannot be meant together.
        WorkloadError: a file cannot be used, or model and data do not fit one another.
    """
    found = open_workload(base) if base is not None else None
    brought = bring(
        request, found, inspect=inspect_file, build=functools.partial(build_module, tell=tell), feed=feed_texts_apart
    )
    reference = keep(brought)
    told = dict.fromkeys(note.sentence for note in brought.notes)
    return BroughtWorkload(reference=reference, notes=(*told, f"workload: {reference}"))
