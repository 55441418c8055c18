"""Runs comparisons, shows what each found, and keeps it. The only module here that prints."""

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import registry
from benchmarks.comparison import Context
from benchmarks.machine import read_machine, versions_here
from benchmarks.registry import Comparison
from benchmarks.result import SCHEMA, BenchmarkError, Outcome, Result, read_all, write
from benchmarks.shown import shown_result
from benchmarks.table import markdown, put_into
from harness.errors import HarnessError
from harness.supervisor.host_lock import default_lock_path, host_lock
from planner.cli.output import show, show_text

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
README = HERE.parent / "README.md"
_EXAMPLES = """examples:
  python -m benchmarks                  all of them, some 40 minutes on two quiet cores
  python -m benchmarks 1 8              two of them
  python -m benchmarks 3 --quick        a small form that only shows that it works: never to be quoted
  python -m benchmarks.cost_per_query   one of them, by its own name
  python -m benchmarks table            write what was found into README.md
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code: 0, 1 where a comparison failed, 2 for usage, 130 when interrupted."""
    options = _parser().parse_args(arguments)
    try:
        if options.list:
            for one in registry.COMPARISONS.values():
                show_text(f"{one.number:2d}  {one.name:<16} {one.title}")
            return 0
        if options.what == ["table"]:
            return _table(options.out, Path(options.readme))
        return _run([_named(word) for word in options.what] or list(registry.COMPARISONS.values()), options)
    except BenchmarkError as error:
        _tell(str(error))
        return 2
    except KeyboardInterrupt:
        _tell("interrupted: what was finished is kept")
        return 130


def run_alone(file: str) -> int:
    """`python -m benchmarks.NAME`: the same command for the comparison of that module."""
    return main([str(registry.named(Path(file).stem).number), *sys.argv[1:]])


def _run(comparisons: Sequence[Comparison], options: argparse.Namespace) -> int:
    failed = 0
    for comparison in comparisons:
        number = comparison.number
        _tell(f"{number}. {comparison.title}")
        try:
            result = _carry_out(comparison, quick=options.quick)
        except HarnessError as error:
            _tell(f"{number} failed: {error}")
            failed += 1
            continue
        except Exception:  # noqa: BLE001 - the outermost door: a fault in one comparison must not cost the others
            _tell(f"{number} failed, which is a fault of its own:")
            traceback.print_exc()
            failed += 1
            continue
        show(shown_result(result))
        _tell(f"kept in {write(result, options.out)}")
    return 1 if failed else 0


def _carry_out(comparison: Comparison, *, quick: bool) -> Result:
    run = registry.run_of(comparison)
    machine, started_at, began = read_machine(), datetime.now(UTC), time.monotonic()
    holding = host_lock(default_lock_path(), wait_s=60.0, on_wait=_tell) if comparison.holds_host else nullcontext()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as scratch, holding:
        found = run(Context(scratch=Path(scratch), narrate=_tell, quick=quick))
    for peer, reason in found.absent.items():
        _tell(f"PEER ABSENT: {peer}: {reason}")
    return Result(
        schema=SCHEMA,
        number=comparison.number,
        name=comparison.name,
        title=comparison.title,
        command=f"python -m benchmarks.{comparison.name}{' --quick' if quick else ''}",
        started_at=started_at.isoformat(timespec="seconds"),
        duration_s=time.monotonic() - began,
        is_quick=quick,
        machine=machine,
        versions={**versions_here(), **found.versions},
        absent=found.absent,
        rows=tuple(found.rows),
    )


def _table(results: Path, readme: Path) -> int:
    found = read_all(results)
    put_into(readme, markdown(found))
    missed = sum(row.outcome is Outcome.MISSED for one in found for row in one.rows)
    _tell(f"{len(found)} of {len(registry.COMPARISONS)} comparisons are in {readme}; {missed} targets are missed")
    return 0


def _named(word: str) -> Comparison:
    if not word.isdecimal():
        raise BenchmarkError(f"{word!r} is no number of a comparison: write for example `python -m benchmarks 1 8`")
    return registry.find(int(word))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Compare planner with other tools, on this machine, in one run.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="*", metavar="N|table", help="numbers of comparisons (default: all), or table")
    parser.add_argument("--list", action="store_true", help="name the comparisons and end")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR", help="where results are kept")
    parser.add_argument("--quick", action="store_true", help="a small form that only shows that it works")
    parser.add_argument("--readme", default=str(README), metavar="FILE", help="the file that `table` writes into")
    return parser


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}{os.linesep}")
    sys.stderr.flush()
