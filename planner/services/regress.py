"""Compares a run with its history: what is steady, what improved, what regressed, and what nobody can tell yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.environment import EnvironmentDifference
from harness.errors import UsageError
from harness.statistics.steps import LEAST_HISTORY
from harness.vocabulary import Gate, Speed, Trend
from planner.services.conditions import differences_between
from planner.services.exact_changes import ExactChange, exact_change, verdict_change
from planner.services.figures_over_time import Point, Series, series_of
from planner.services.followed_figures import NATURES, Figure
from planner.services.like_runs import DEFAULT_LAST, Window, choose_runs
from planner.services.noisy_changes import NoisyChange, noisy_changes
from planner.services.regress_advice import advice_on
from planner.services.regress_document import (
    SCHEMA,
    ConditionChange,
    FigureFinding,
    PastFigure,
    PastRun,
    RegressDocument,
    code_of_state,
    worst_state,
)
from planner.services.regress_reasons import exact_reason, noisy_reason
from planner.store.figure_records import RunFigures
from planner.store.repository import Store

CONFIRM = 2
MOST_CONFIRM = 10
_CONFIDENCE = 0.95
_PASSING = frozenset({"load_average", "cpu_pressure_share"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressRequest:
    """What to compare with what. `last` counts runs of history, `confirm` consecutive runs."""

    run: str
    tolerances: Mapping[Figure, float]
    against: str | None = None
    last: int = DEFAULT_LAST
    confirm: int = CONFIRM
    any_host: bool = False


def regress(store: Store, request: RegressRequest) -> RegressDocument:
    """Compare a run with the like runs before it.

    Raises:
        UsageError: nothing can be compared as asked, with the reason.
        StoreError: a name means no run, or several.
    """
    if not 1 <= request.confirm <= MOST_CONFIRM:
        raise UsageError(f"--confirm {request.confirm}: write in how many runs in a row, from 1 to {MOST_CONFIRM}")
    window = choose_runs(store, request.run, against=request.against, last=request.last, any_host=request.any_host)
    figures = store.figures([one.run_id for one in window.runs])
    series = series_of(window, figures, any_host=request.any_host)
    findings = _findings(window, series, request)
    state = worst_state([one.state for one in findings])
    document = RegressDocument(
        schema=SCHEMA,
        run=window.judged.run_id,
        workload=window.judged.workload,
        workload_digest=window.judged.plan.workload_digest,
        started_at=window.judged.started_at.isoformat(),
        cpu=window.judged.environment.cpu.model,
        any_host=request.any_host,
        confirm=request.confirm,
        confidence=_CONFIDENCE,
        reference=None if window.reference is None else window.runs[window.reference - 1].run_id,
        state=state,
        exit_code=code_of_state(state),
        runs=tuple(PastRun(run=one.run_id, started_at=one.started_at.isoformat()) for one in window.runs[:-1]),
        left_out=window.left_out,
        figures=findings,
        changes=_condition_changes(window, findings, figures),
        advice=(),
    )
    return replace(document, advice=advice_on(document))


def _findings(window: Window, series: Sequence[Series], request: RegressRequest) -> tuple[FigureFinding, ...]:
    """One a series, in order; noisy ones are judged together."""
    judged = len(window.runs) - 1
    noisy = [one for one in series if _is_judged(one, judged) and _is_fit(one) and not NATURES[one.figure].is_exact]
    changes = iter(
        noisy_changes(
            noisy,
            tolerances=request.tolerances,
            confirm=request.confirm,
            confidence=_CONFIDENCE,
            reference=window.reference,
        )
    )
    found = []
    for one in series:
        if not _is_judged(one, judged):
            finding = _missing(window, one, request)
        elif not _is_fit(one):
            finding = _unfit(window, one, request)
        elif NATURES[one.figure].is_exact:
            finding = _exact(window, one, request)
        else:
            finding = _noisy(window, one, next(changes), request)
        found.append(_or_unlike(window, finding))
    return tuple(found)


def _is_judged(series: Series, judged: int) -> bool:
    return series.points[-1].run == judged


def _is_fit(series: Series) -> bool:
    return series.points[-1].is_fit


def _or_unlike(window: Window, finding: FigureFinding) -> FigureFinding:
    """Where all of the history is of other machines, that is what is missing."""
    if finding.history or len(window.runs) > 1 or not window.left_out:
        return finding
    count = len(window.left_out)
    reason = f"unlike: {count} earlier run{'s' * (count != 1)} of this workload, none under like conditions"
    return replace(finding, state=Trend.UNLIKE, reason=reason)


def _finding(window: Window, series: Series, request: RegressRequest, *, state: Trend, history: int) -> FigureFinding:
    nature = NATURES[series.figure]
    return FigureFinding(
        figure=series.figure,
        arm=series.arm,
        threads=series.threads,
        batch=series.batch,
        baseline=series.baseline,
        is_higher_better=nature.is_higher_better,
        is_relative=nature.is_relative,
        is_exact=nature.is_exact,
        tolerance=request.tolerances[series.figure],
        points=tuple(_past(window, point) for point in series.points),
        state=state,
        reason="",
        history=history,
    )


def _past(window: Window, point: Point) -> PastFigure:
    return PastFigure(
        run=window.runs[point.run].run_id,
        value=point.value,
        lower=point.interval.lower if point.interval else None,
        upper=point.interval.upper if point.interval else None,
        speed=point.speed,
        gate=point.gate,
    )


def _missing(window: Window, series: Series, request: RegressRequest) -> FigureFinding:
    """A figure that the runs before had and this one has not."""
    last = window.runs[series.points[-1].run].run_id
    finding = _finding(window, series, request, state=Trend.SUSPECTED, history=len(series.points))
    reason = f"this run has no such figure, run {last} had: `planner show {window.judged.run_id}` may say why"
    return replace(finding, reason=reason, since=window.judged.run_id, previous=last)


def _unfit(window: Window, series: Series, request: RegressRequest) -> FigureFinding:
    """Times of an unfit machine are shown and judge nothing, here as in a run."""
    finding = _finding(window, series, request, state=Trend.UNLIKE, history=len(series.points) - 1)
    reason = "unlike: this machine was unfit while it was timed (foreign load or noise): run again when it is quiet"
    return replace(finding, now=series.points[-1].value, reason=reason)


def _noisy(window: Window, series: Series, change: NoisyChange, request: RegressRequest) -> FigureFinding:
    finding = _finding(window, series, request, state=change.trend, history=change.history)
    previous, since = _around(window, series, change.since)
    told = replace(
        finding,
        before=change.before,
        now=series.points[-1].value if change.now is None else change.now,
        change=change.change,
        lower=change.lower,
        upper=change.upper,
        confidence=None if change.change is None else _CONFIDENCE,
        p=change.p,
        since=since,
        previous=previous,
    )
    reason = noisy_reason(
        told, in_a_row=change.in_a_row, confirm=request.confirm, least=LEAST_HISTORY, unfit=series.unfit
    )
    return replace(told, reason=reason)


def _exact(window: Window, series: Series, request: RegressRequest) -> FigureFinding:
    reference = window.reference
    within = None if reference is None else sum(point.run < reference for point in series.points)
    if series.figure is Figure.VERDICT:
        words = [
            (point.speed or Speed.FAILED, (point.gate if point.is_same_test else None) or Gate.NOT_MEASURED)
            for point in series.points
        ]
        change = verdict_change(words, confirm=request.confirm, reference=within)
    else:
        change = _value_change(series, request, within)
    finding = _finding(window, series, request, state=change.trend, history=change.history)
    previous, since = _around(window, series, change.since)
    before = _compared_with(series, change)
    now = series.points[-1]
    told = replace(finding, since=since, previous=previous)
    if before is not None and before.value is not None and now.value is not None:
        moved = now.value / before.value - 1.0 if finding.is_relative else now.value - before.value
        told = replace(told, before=before.value, change=moved)
    told = replace(told, now=now.value)
    reason = exact_reason(told, before=None if change.before is None else before, now=now)
    if change.history and not any(point.is_same_test for point in series.points[:-1]):
        reason += "; its gate is not compared: it judged by other rules or on other data in every earlier run"
    return replace(told, reason=reason)


def _value_change(series: Series, request: RegressRequest, reference: int | None) -> ExactChange:
    nature = NATURES[series.figure]
    sign = -1.0 if nature.is_higher_better else 1.0
    values = [point.value or 0.0 for point in series.points]
    tolerance = request.tolerances[series.figure] * (values[-1] if nature.is_relative else 1.0)
    return exact_change([sign * value for value in values], tolerance=tolerance, reference=reference)


def _compared_with(series: Series, change: ExactChange) -> Point | None:
    """The point that an exact figure is worse or better than, or else the last one of its history."""
    place = change.history - 1 if change.before is None else change.before
    return series.points[place] if place >= 0 else None


def _around(window: Window, series: Series, since: int | None) -> tuple[str | None, str | None]:
    """The run before a change that has the figure, and the first run that shows the change."""
    if since is None:
        return None, None
    return window.runs[series.points[since - 1].run].run_id, window.runs[series.points[since].run].run_id


def _condition_changes(
    window: Window, findings: Sequence[FigureFinding], figures: RunFigures
) -> tuple[ConditionChange, ...]:
    """What changed where figures did, once for each such pair of runs, in the order of the runs."""
    runs = {one.run_id: one for one in window.runs}
    order = list(runs)
    pairs = {(one.previous, one.since) for one in findings if one.previous and one.since}
    found = []
    for previous, since in sorted(pairs, key=lambda pair: (order.index(pair[1]), order.index(pair[0]))):
        artifacts = (_artifacts(figures, previous), _artifacts(figures, since))
        differences = differences_between(runs[previous], runs[since], artifacts=artifacts)
        told = tuple(one for one in differences if _tells(one))
        found.append(ConditionChange(run=since, previous=previous, differences=told))
    return tuple(found)


def _tells(difference: EnvironmentDifference) -> bool:
    """Whether a difference may be the cause of a change: load differs between any two moments."""
    return difference.field not in _PASSING


def _artifacts(figures: RunFigures, run_id: str) -> dict[str, str]:
    return {one.arm: one.digest for one in figures.artifacts if one.run_id == run_id}
