"""The README's table, from results. Pure, but for the one function that writes it into the file."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.result import BenchmarkError, Outcome, Result, Row
from benchmarks.wording import quantity

BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"
_HEAD = "| # | what | planner | peer | its figure | planner / peer | target | result |"
_RULE = "| - | --- | --- | --- | --- | --- | --- | --- |"
_MARKS = {Outcome.MET: "met", Outcome.MISSED: "**missed**", Outcome.NOT_IDENTIFIED: "not identified"}


def markdown(results: Sequence[Result]) -> str:
    """The section between the markers. Quick results are left out: they measured nothing.

    Raises:
        BenchmarkError: nothing is left to show.
    """
    shown = sorted((one for one in results if not one.is_quick), key=lambda one: one.number)
    if not shown:
        raise BenchmarkError("there is no full result to make a table of: run `python -m benchmarks` first")
    rows = [line for result in shown for line in _lines(result)]
    return "\n".join([_HEAD, _RULE, *rows, "", *_conditions(shown), *_notes(shown)])


def put_into(readme: Path, section: str) -> None:
    """Replace what stands between the markers.

    Raises:
        BenchmarkError: the file cannot be read or written, or has not both markers once, in order.
    """
    try:
        text = readme.read_text(encoding="utf-8")
    except OSError as error:
        raise BenchmarkError(f"{readme} cannot be read: {error.strerror}") from error
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in after or END in after:
        raise BenchmarkError(f"{readme} needs the lines {BEGIN} and {END}, each once, where the table is to stand")
    try:
        readme.write_text(f"{before}{BEGIN}\n{section}\n{END}{after}", encoding="utf-8")
    except OSError as error:
        raise BenchmarkError(f"{readme} cannot be written: {error.strerror}") from error


def _lines(result: Result) -> Iterator[str]:
    """What was found, and after it which peer could not be asked, and why."""
    yield from (_line(result, row) for row in result.rows if row.in_readme)
    for peer, why in result.absent.items():
        title = _cell(result.title)
        yield f"| {result.number} | {title} | | {_cell(peer)} | peer absent: {_cell(why)} | | | peer absent |"


def _line(result: Result, row: Row) -> str:
    verdict = _MARKS.get(row.outcome, str(row.outcome)) if row.outcome else ""
    cells = (
        str(result.number),
        row.what,
        quantity(row.ours),
        row.peer_name,
        quantity(row.peer),
        quantity(row.ratio),
        row.target or "",
        verdict,
    )
    return f"| {' | '.join(_cell(one) for one in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _conditions(results: Sequence[Result]) -> list[str]:
    """On which machines, when, and with which versions; one machine is named once."""
    machines = list(dict.fromkeys(f"{one.machine.cpu}, {one.machine.cores} cores, Linux {one.machine.kernel}, "
                                  f"Python {one.machine.python}" for one in results))  # fmt: skip
    dates = sorted({one.started_at[:10] for one in results})
    versions = {name: version for one in results for name, version in one.versions.items()}
    span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    minutes = sum(one.duration_s for one in results) / 60
    listed = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    told = (
        f"Measured {span} on {'; '.join(machines)}; {minutes:.0f} minutes in all. {listed}. Figures in brackets are "
        "95 % intervals or ranges of repeats; a ratio is planner's figure over the peer's. Each row is made anew by "
        f"its command: {', '.join(f'{one.number} `{one.command}`' for one in results)}."
    )
    return [told]


def _notes(results: Iterable[Result]) -> list[str]:
    notes = [
        f"{one.number}, {row.peer_name or row.what}: {row.note}."
        for one in results
        for row in one.rows
        if row.in_readme and row.note
    ]
    return ["", *(f"- {note}" for note in notes)] if notes else []
