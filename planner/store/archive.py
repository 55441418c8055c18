"""Exports runs into one file and imports them elsewhere, whole or not at all."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import LargeZipFile

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from harness.errors import HarnessError
from planner.errors import ArchiveError, StoreError
from planner.store.container import DEFAULT_LIMITS, ArchiveLimits, ArchiveWriter, open_archive
from planner.store.document import decode, encode, read_document, restore
from planner.store.repository import Store
from planner.store.runs import exists
from planner.version import planner_version


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOutcome:
    """What an import did, by identifiers of runs. `planner_version` wrote the archive."""

    imported: tuple[str, ...]
    already_present: tuple[str, ...]
    planner_version: str


def export_runs(store: Store, run_ids: Sequence[str], path: Path, *, overwrite: bool = False) -> None:
    """Write runs with all their evidence into a zip file. The same runs give the same bytes.

    Args:
        store: Where they are.
        run_ids: Whole identifiers.
        path: The file to write.
        overwrite: Replace the file if there is one.

    Raises:
        RunNotFoundError: if a run is not there.
        ArchiveError: if the file exists or cannot be written. It is then as it was.
    """
    _require_target(store, run_ids, path, overwrite=overwrite)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _write(store, run_ids, unfinished)
        _require_importable(unfinished, path)
        unfinished.replace(path)
    except OSError as error:
        raise ArchiveError(
            f"{path} cannot be written ({error.strerror}): choose another path, or free space"
        ) from error
    except LargeZipFile as error:
        raise ArchiveError(f"{path} would be too large to be imported: export fewer runs at a time") from error
    finally:
        unfinished.unlink(missing_ok=True)


def import_runs(store: Store, path: Path, *, limits: ArchiveLimits = DEFAULT_LIMITS) -> ImportOutcome:
    """Read every run of an archive into the store, or none.

    Runs that are already there with the same content are left alone, and what people said of them is as well.

    Raises:
        ArchiveError: if the archive is refused: not ours, damaged, hostile, too large, written by a
            newer planner, or at odds with a run that is already there.
        StoreError: if the database cannot be written.
    """
    imported: list[str] = []
    present: list[str] = []
    with open_archive(path, limits) as archive, store.writing() as session:
        for run_id, data in archive.documents():
            is_new = _take_in(session, run_id, data)
            (imported if is_new else present).append(run_id)
    return ImportOutcome(
        imported=tuple(imported), already_present=tuple(present), planner_version=archive.manifest.planner_version
    )


def _write(store: Store, run_ids: Sequence[str], path: Path) -> None:
    with path.open("xb") as file:
        with ArchiveWriter(file) as writer:
            for run_id in sorted(set(run_ids)):
                with store.reading() as session:
                    document = read_document(session, run_id)
                writer.add(run_id, encode(document))
            writer.finish(planner_version())
        file.flush()
        os.fsync(file.fileno())


def _require_target(store: Store, run_ids: Sequence[str], path: Path, *, overwrite: bool) -> None:
    if not run_ids:
        raise ArchiveError("there is nothing to export: name a run, or `latest`")
    if len(set(run_ids)) >= DEFAULT_LIMITS.entries:
        raise ArchiveError(f"an archive holds less than {DEFAULT_LIMITS.entries} files: export fewer runs at a time")
    if path.is_dir():
        raise ArchiveError(f"{path} is a folder: name a file in it, for example {path / 'runs.zip'}")
    if not path.parent.is_dir():
        raise ArchiveError(f"the folder {path.parent} does not exist: create it, or choose another path")
    if path.exists() and not overwrite:
        raise ArchiveError(f"{path} exists: choose another path, or allow that it is overwritten")
    if path.exists() and store.path and path.samefile(store.path):
        raise ArchiveError(f"{path} is the database itself: choose another path")


def _require_importable(written: Path, path: Path) -> None:
    size = written.stat().st_size
    if size > DEFAULT_LIMITS.archive_bytes:
        raise ArchiveError(f"{path} would have {size} bytes and could not be imported: export fewer runs at a time")


def _take_in(session: Session, run_id: str, data: bytes) -> bool:
    """Import one run; False if it is already there as it is in the archive."""
    with _sensible(run_id):
        document = decode(data, run_id)
    if exists(session, run_id):
        if not read_document(session, run_id).measures_as(document):
            raise ArchiveError(
                f"run {run_id} is already in the database with other content: nothing was imported; "
                "use another --db, or delete the run there first"
            )
        return False
    with _sensible(run_id):
        restore(session, document)
    return True


@contextmanager
def _sensible(run_id: str) -> Iterator[None]:
    """Blame the archive for everything that its document makes go wrong."""
    try:
        yield
    except ArchiveError:
        raise
    except (msgspec.MsgspecError, HarnessError, StoreError, IntegrityError) as error:
        raise ArchiveError(_nonsense(run_id, error)) from error
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise ArchiveError(_nonsense(run_id, error)) from error


def _nonsense(run_id: str, error: Exception) -> str:
    return f"run {run_id} makes no sense ({' '.join(str(error).split())}): nothing was imported"
