"""The workloads that are here, and everything that can be told of one without measuring it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from harness.errors import HarnessError
from harness.workloads.catalogue import BuiltIn, built_ins
from harness.workloads.description import DESCRIPTION_FILE, read_description
from harness.workloads.files import is_file
from harness.workloads.places import workload_cache
from harness.workloads.prepared import damage_by_size

SCHEMA = "planner.workloads/1"

Damage = Callable[[Path], str | None]


class State(StrEnum):
    """Whether a workload can be run, and where it is from."""

    SHIPPED = "shipped"
    PREPARED = "prepared"
    NEEDS_PREPARING = "needs preparing"
    BROUGHT = "brought"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadEntry:
    """One line of the list. `needs` is what preparing takes; `reason` is why it is unusable."""

    name: str
    title: str
    state: State
    measures: str | None = None
    needs: tuple[str, ...] = ()
    folder: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadListing:
    """Every workload that can be named, those that planner knows first. Its JSON form is an API."""

    place: str
    workloads: tuple[WorkloadEntry, ...]
    schema: str = SCHEMA


def list_workloads(*, damage_of: Damage = damage_by_size) -> WorkloadListing:
    """What there is to measure: built in, and brought from the command line before.

    `damage_of` looks at the files of a prepared one: at their sizes, unless told to look closer.
    """
    known = [_built_in(one, damage_of) for one in built_ins()]
    names = {entry.name for entry in known}
    return WorkloadListing(
        place=str(workload_cache()),
        workloads=(*known, *(_brought(folder) for folder in _folders() if folder.name not in names)),
    )


def _built_in(one: BuiltIn, damage_of: Damage) -> WorkloadEntry:
    ready = State.SHIPPED if one.is_shipped else State.PREPARED
    damage = damage_of(one.folder) if one.is_there and not one.is_shipped else None
    remedy = f": planner workloads prepare {one.name} --refresh"
    return WorkloadEntry(
        name=one.name,
        title=one.title,
        state=State.NEEDS_PREPARING if not one.is_there else State.UNUSABLE if damage else ready,
        measures=one.measures,
        needs=one.needs,
        folder=str(one.folder),
        reason=damage + remedy if damage else None,
    )


def _folders() -> list[Path]:
    try:
        found = sorted(workload_cache().iterdir())
    except OSError:  # nothing was brought yet, or the cache is not ours to read
        return []
    return [folder for folder in found if not folder.name.startswith(".") and is_file(folder / DESCRIPTION_FILE)]


def _brought(folder: Path) -> WorkloadEntry:
    try:
        described = read_description(folder / DESCRIPTION_FILE)
    except HarnessError as error:
        return WorkloadEntry(name=folder.name, title="", state=State.UNUSABLE, folder=str(folder), reason=str(error))
    measures = "speed, memory and agreement" if described.task == "none" else "speed, memory and quality"
    return WorkloadEntry(
        name=folder.name, title=described.title, state=State.BROUGHT, measures=measures, folder=str(folder)
    )
