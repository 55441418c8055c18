"""What is told about a report in the app: which is shown, what is being drawn, what was written."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from planner.tui.reporting.making import Preview, Written
from planner.wording.marks import signed
from planner.wording.quantities import size
from planner.wording.text import plain

_MOST_NAMED = 8


def head_of(preview: Preview, *, at: int) -> Text:
    """The report, and which of its sections stands on top."""
    report, wanted = preview.report, preview.wanted
    day = f"replayed at the prices of {report.as_of}" if wanted.day else f"prices of {report.as_of}"
    title = preview.parts[at].title if preview.parts else ""
    text = Text(no_wrap=True, overflow="ellipsis").append(plain(f"plan {report.plan}"), style="bold")
    text.append(plain(f" · {day} · {report.currency} "), style="dim")
    return text.append(f" [ {at + 1} of {len(preview.parts)} ] ", style="cyan").append(plain(title))


def progress_lines(done: Sequence[str]) -> Iterator[Text]:
    """What was done, and what is being done."""
    yield from (signed("✓", one) for one in done[:-1])
    yield from (signed("~", f"{one} …") for one in done[-1:])


def written_lines(end: Written) -> Iterator[Text]:
    """Where it is."""
    yield signed("✓", f"written: {end.folder}")
    named = [f"{path.absolute().relative_to(end.folder)} {size(count)}" for path, count in end.files]
    more = f" · and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    yield Text(plain(f"  {' · '.join(named[:_MOST_NAMED])}{more}"))
