"""`planner export` and `planner import`: runs as one file, from one database into another."""

import argparse
from pathlib import Path

from planner.cli import output
from planner.errors import ArchiveError
from planner.settings import database_address
from planner.store.archive import export_runs, import_runs
from planner.store.repository import Store
from planner.wording import quantities
from planner.wording.text import plain

_CHECK = ".json"


def export(options: argparse.Namespace) -> int:
    """Write runs into a file."""
    path = Path(options.out)
    with Store.open_existing(database_address(options.db)) as store:
        run_ids = tuple(dict.fromkeys(store.resolve(name) for name in options.runs))
        export_runs(store, run_ids, path, overwrite=options.overwrite)
    written = quantities.size(path.stat().st_size)
    output.show_text(plain(f"{_runs(len(run_ids))} written to {path} ({written}): {', '.join(run_ids)}"))
    return 0


def import_(options: argparse.Namespace) -> int:
    """Read runs from a file, all or none.

    Raises:
        ArchiveError: there is no such file; no database is created for it.
    """
    path = Path(options.file)
    if not path.is_file():
        raise ArchiveError(f"{path} is no file: name one that `planner export` or a GPU check wrote")
    address = database_address(options.db)
    if path.suffix == _CHECK:
        return _import_check(path, address)
    with Store.open(address) as store:
        outcome = import_runs(store, path)
    if outcome.imported:
        output.show_text(
            plain(f"{_runs(len(outcome.imported))} imported into {address}: {', '.join(outcome.imported)}")
        )
    if outcome.already_present:
        output.show_text(
            plain(f"{_runs(len(outcome.already_present))} already there: {', '.join(outcome.already_present)}")
        )
    return 0


def _import_check(path: Path, address: str) -> int:
    from planner.services.gpu_evidence import store_check  # noqa: PLC0415 - few have one

    with Store.open(address) as store:
        stored = store_check(store, path)
    told = f"{_runs(len(stored))} of a GPU check imported into {address}: {', '.join(stored)}"
    output.show_text(plain(told if stored else "nothing to import: what the check measured is already there"))
    return 0


def _runs(count: int) -> str:
    return f"{count} run{'s' * (count != 1)}"
