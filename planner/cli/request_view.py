"""Draws whole requests: a sentence a batch size for the story, a table for `show`."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.vocabulary import LoadPoint, NoiseClass
from planner.cli import quantities
from planner.cli.text import plain
from planner.services.run_document import RunDocument, best_accepted
from planner.services.whole_requests import RequestFigures

_HEADING = "a whole request, with planner's own preprocessing"
_DISTURBED = "other programs disturbed these figures"
_TENTH = 1.1  # below it one decimal tells nothing
_NEARLY_ALL = 0.95  # from here on the bound is a factor of 20 or more, which says nothing


def requests_in_brief(document: RunDocument) -> Iterator[RenderableType]:
    """For each batch size the baseline's phases, what INT8 can gain at most, and what the best candidate gained."""
    sentences = [sentence for batch in document.batches if (sentence := _sentence(document, batch))]
    if sentences or document.pipeline_note:
        notes = [document.pipeline_note] if document.pipeline_note else []
        notes += [_DISTURBED] if document.noise is NoiseClass.UNFIT else []
        yield Text(plain(": ".join((_HEADING, "; ".join(notes))) if notes else _HEADING))
    for sentence in sentences:
        yield Padding(Text(plain(sentence)), (0, 0, 0, 4))


def requests_in_full(document: RunDocument) -> Iterator[RenderableType]:
    """Every arm's phases."""
    for batch in document.batches:
        if figures := [one for one in document.pipelines if one.batch == batch]:
            yield Text()
            yield _table(figures, batch)


def _sentence(document: RunDocument, batch: int) -> str | None:
    figures = {one.arm: one for one in document.pipelines if one.batch == batch}
    candidate = _candidate(document, batch, figures)
    baseline = _baseline(document, candidate, figures)
    if baseline is None:
        return None
    phases = (
        f"preprocessing {quantities.duration(baseline.preprocess_s)}, copies {quantities.duration(baseline.copy_s)}, "
        f"inference {quantities.duration(baseline.inference_s)}, "
        f"reading out {quantities.duration(baseline.postprocess_s)}"
    )
    share = quantities.share(baseline.inference_share, digits=0)
    sentence = f"batch {batch}: inference is {share} of a request to {baseline.arm} ({phases})"
    if candidate is None:
        return sentence
    return f"{sentence}: {_bound(baseline, _what(document, candidate))}; {_gained(baseline, candidate)}"


def _bound(baseline: RequestFigures, what: str) -> str:
    if baseline.most_speed_up is None or baseline.inference_share >= _NEARLY_ALL:
        return f"nearly all that {what} gains, a request gains"
    digits = 1 if baseline.most_speed_up >= _TENTH else 2
    return f"{what} can gain at most {baseline.most_speed_up:.{digits}f}×"


def _gained(baseline: RequestFigures, candidate: RequestFigures) -> str:
    gained = f"{candidate.arm} gains {_times(candidate.speed_up)}"
    bound, found = baseline.most_speed_up, candidate.speed_up
    if bound is not None and found is not None and found > bound:
        return f"{gained}, more than is possible: other load disturbed these point figures"
    return f"{gained} (a point figure, without an interval)"


def _what(document: RunDocument, candidate: RequestFigures) -> str:
    label = document.arm(candidate.arm).label
    return "INT8" if label.startswith("int8") else label.partition(":")[0].upper()


def _candidate(document: RunDocument, batch: int, figures: dict[str, RequestFigures]) -> RequestFigures | None:
    """The best accepted candidate, else the one whose inference gained most."""
    best = best_accepted(document)
    if best is not None and best.name in figures:
        return figures[best.name]
    ratios = {
        one.candidate: one.ratio.point
        for one in document.comparisons
        if one.load == LoadPoint(batch=batch) and one.ratio
    }
    compared = [one for one in figures.values() if one.arm in ratios and one.speed_up is not None]
    return max(compared, key=lambda one: ratios[one.arm], default=None)


def _baseline(
    document: RunDocument, candidate: RequestFigures | None, figures: dict[str, RequestFigures]
) -> RequestFigures | None:
    """The candidate's own, else the first there is."""
    runtime = document.arm(candidate.arm).runtime if candidate else None
    found = [
        figures[arm.name]
        for arm in document.arms
        if arm.is_baseline and arm.name in figures and runtime in {None, arm.runtime}
    ]
    return found[0] if found else None


def _table(figures: list[RequestFigures], batch: int) -> Table:
    title = f"batch {batch} · {_HEADING}: medians; gained: a point figure, without an interval"
    table = Table(title=plain(title), title_justify="left", title_style="italic", box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    for name in ("prepare", "copy", "infer", "read out", "in all", "share", "at most", "gained"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in figures:
        phases = (one.preprocess_s, one.copy_s, one.inference_s, one.postprocess_s, one.total_s)
        table.add_row(
            plain(one.arm),
            *(quantities.duration(phase) for phase in phases),
            quantities.share(one.inference_share, digits=0),
            _times(one.most_speed_up) if one.speed_up is None else "",
            _times(one.speed_up),
        )
    return table


def _times(factor: float | None) -> str:
    return quantities.ABSENT if factor is None else f"{factor:,.2f}×"
