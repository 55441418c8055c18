"""Draws whole requests: a sentence a batch size for the story, a table for `show`."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.vocabulary import Gate, LoadPoint, NoiseClass
from planner.services.run_document import RunDocument, best_accepted
from planner.services.whole_requests import RequestFigures
from planner.wording import quantities
from planner.wording.text import plain

_HEADING = "a whole request, with planner's own preprocessing"
_DISTURBED = "other programs disturbed these figures"
_NOT_MEASURED = "not measured"
_MUCH = 1.25  # times the p50 of the timed rounds
_TENTH = 1.1  # below it one decimal tells nothing
_NEARLY_ALL = 0.95  # from here on the bound is a factor of 20 or more, which says nothing


def requests_in_brief(document: RunDocument) -> Iterator[RenderableType]:
    """For each batch size the fastest baseline's phases, what INT8 can gain at most, and what a candidate gained."""
    sentences = [sentence for batch in document.batches if (sentence := _sentence(document, batch))]
    note = document.pipeline_note or ""
    if not sentences and not (document.measurements and note.startswith(_NOT_MEASURED)):
        return
    notes = [note] if note else []
    notes += [_DISTURBED] if sentences and document.noise is NoiseClass.UNFIT else []
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
    baseline = _quickest(document, [one for one in figures.values() if document.arm(one.arm).is_baseline])
    if baseline is None:
        return None
    phases = (
        f"preprocessing {quantities.duration(baseline.preprocess_s)}, copies {quantities.duration(baseline.copy_s)}, "
        f"inference {quantities.duration(baseline.inference_s)}, "
        f"reading out {quantities.duration(baseline.postprocess_s)}{_apart_from_the_table(document, baseline)}"
    )
    share = quantities.share(baseline.inference_share, digits=0)
    sentence = f"batch {batch}: inference is {share} of a request to {baseline.arm} ({phases})"
    candidate = _candidate(document, figures)
    if candidate is None:
        return sentence
    return f"{sentence}: {_bound(baseline, _what(document, candidate))}; {_gained(document, baseline, candidate)}"


def _apart_from_the_table(document: RunDocument, figures: RequestFigures) -> str:
    """Why the inference of a request takes another time than the table says, where it does by much."""
    timed_s = _p50(document, figures)
    if figures.inference_s > _MUCH * timed_s:
        return "; inference takes longer than above: each request brings inputs that no cache holds"
    is_less = timed_s > _MUCH * figures.inference_s
    return "; inference takes less than above: it was timed apart, under less load" if is_less else ""


def _bound(baseline: RequestFigures, what: str) -> str:
    if baseline.most_speed_up is None or baseline.inference_share >= _NEARLY_ALL:
        return f"nearly all that {what} gains, a request gains"
    digits = 1 if baseline.most_speed_up >= _TENTH else 2
    return f"{what} can gain at most {baseline.most_speed_up:.{digits}f}×"


def _gained(document: RunDocument, baseline: RequestFigures, candidate: RequestFigures) -> str:
    bound, found = baseline.most_speed_up, baseline.total_s / candidate.total_s
    who = f"{candidate.arm}{', which is rejected,' if _is_out(document, candidate) else ''}"
    if bound is not None and found > bound:
        return f"{who} gains {_times(found)}, more than is possible: other load disturbed these point figures"
    return f"{who} {_change(found)} (a point figure, without an interval)"


def _change(found: float) -> str:
    if _times(found) == _times(1.0):
        return "gains nothing"
    return f"gains {_times(found)}" if found >= 1.0 else f"makes it {_times(1.0 / found)} slower"


def _what(document: RunDocument, candidate: RequestFigures) -> str:
    label = document.arm(candidate.arm).label
    return "INT8" if label.startswith("int8") else label.partition(":")[0].upper()


def _candidate(document: RunDocument, figures: dict[str, RequestFigures]) -> RequestFigures | None:
    """The best accepted candidate, else the quickest of those that are not rejected, else of all."""
    best = best_accepted(document)
    if best is not None and best.name in figures:
        return figures[best.name]
    judged = {one.candidate for one in document.verdicts}
    every = [one for one in figures.values() if one.arm in judged]
    return _quickest(document, [one for one in every if not _is_out(document, one)] or every)


def _is_out(document: RunDocument, figures: RequestFigures) -> bool:
    return any(one.candidate == figures.arm and one.gate is Gate.REJECTED for one in document.verdicts)


def _quickest(document: RunDocument, figures: Sequence[RequestFigures]) -> RequestFigures | None:
    return min(figures, key=lambda one: _p50(document, one), default=None)


def _p50(document: RunDocument, figures: RequestFigures) -> float:
    """As timed in turns with the other arms; a request's own inference where it was not."""
    measurement = document.measurement(figures.arm, LoadPoint(batch=figures.batch))
    return measurement.quantiles[0].point_s if measurement else figures.inference_s


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
