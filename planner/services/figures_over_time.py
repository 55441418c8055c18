"""Makes series of the figures of many runs: one a figure, arm and batch size, oldest first.

A series holds only what answers the same question: the same threads, the same baseline, accuracy on the
same data. A run without the figure is no point of it, nor are times of an unfit machine, but for the judged run's.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from harness.vocabulary import Arm, Gate, RatioInterval, Speed
from planner.services.followed_figures import Figure
from planner.services.like_runs import Window
from planner.store.figure_records import AnswerFigure, RunFigures

_PHASE = "infer batch {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A figure of one run, or the words of its verdict. `run` counts the runs of the window from 0.

    `interval` is the run's own; `note` names what the figure is of (the worst class). `is_fit`: the machine was fit to
    time it. `is_same_test`: the gate judged by the same rules and data as in the judged run.
    """

    run: int
    value: float | None = None
    interval: RatioInterval | None = None
    speed: Speed | None = None
    gate: Gate | None = None
    note: str = ""
    is_fit: bool = True
    is_same_test: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A figure over the runs that have it. `batch` is `None` where it does not depend on it.

    `unfit` counts the earlier runs that have it, timed on an unfit machine, and are no points of it.
    """

    figure: Figure
    arm: str
    threads: int
    batch: int | None
    baseline: str | None
    points: tuple[Point, ...]
    unfit: int = 0


_Key = tuple[Figure, str, int | None]


def series_of(window: Window, figures: RunFigures, *, any_host: bool) -> tuple[Series, ...]:
    """Every series of the judged run's arms that has a point, in the plan's order.

    Args:
        window: the runs.
        figures: their figures.
        any_host: the machines differ, so that only speed-ups mean anything.
    """
    plan = window.judged.plan
    points: dict[_Key, list[Point]] = {}
    unfit: Counter[_Key] = Counter()
    for key, point in _points(window, figures):
        if point.is_fit or window.runs[point.run] is window.judged:
            points.setdefault(key, []).append(point)
        else:
            unfit[key] += 1
    found = []
    for arm in plan.arms:
        baseline = plan.baseline_of(arm)
        keys: list[_Key] = [(figure, arm.name, batch) for batch in plan.batches for figure in Figure]
        keys += [(figure, arm.name, None) for figure in Figure]
        for figure, _, batch in keys:
            if (figure, arm.name, batch) not in points or (any_host and figure is not Figure.SPEED_UP):
                continue
            of_pair = figure in {Figure.SPEED_UP, Figure.VERDICT}
            found.append(
                Series(
                    figure=figure,
                    arm=arm.name,
                    threads=arm.threads,
                    batch=batch,
                    baseline=baseline.name if of_pair and baseline else None,
                    points=tuple(sorted(points[figure, arm.name, batch], key=lambda point: point.run)),
                    unfit=unfit[figure, arm.name, batch],
                )
            )
    return tuple(found)


def _points(window: Window, figures: RunFigures) -> Iterator[tuple[_Key, Point]]:
    """Every figure of an arm that the run had as the judged run has it."""
    place = {one.run_id: number for number, one in enumerate(window.runs)}
    same = _same_arms(window)
    yield from _timed(figures, place, same)
    yield from _verdicts(window, figures, place, same)
    yield from _found_once(window, figures, place, same)


def _same_arms(window: Window) -> Callable[[str, str], Arm | None]:
    """The arm of a run by that name, if the judged run has it with as many threads."""
    wanted = {arm.name: arm for arm in window.judged.plan.arms}
    arms = {(one.run_id, arm.name): arm for one in window.runs for arm in one.plan.arms}

    def same(run_id: str, name: str) -> Arm | None:
        arm, other = arms.get((run_id, name)), wanted.get(name)
        return arm if arm and other and (arm.threads, arm.device) == (other.threads, other.device) else None

    return same


def _timed(
    figures: RunFigures, place: dict[str, int], same: Callable[[str, str], Arm | None]
) -> Iterator[tuple[_Key, Point]]:
    baselines = _baselines(figures, place)
    unfit = {
        (one.run_id, arm, one.batch)
        for one in figures.ratios
        if not one.is_fit
        for arm in (one.candidate, one.baseline)
    }
    for one in figures.latencies:
        if one.p50_s and same(one.run_id, one.arm):
            is_fit = (one.run_id, one.arm, one.batch) not in unfit
            yield (Figure.P50, one.arm, one.batch), Point(run=place[one.run_id], value=one.p50_s, is_fit=is_fit)
    for pair in figures.ratios:
        is_same = baselines.get((pair.candidate, pair.batch), pair.baseline) == pair.baseline
        if pair.ratio and is_same and same(pair.run_id, pair.candidate):
            point = Point(run=place[pair.run_id], value=pair.ratio.point, interval=pair.ratio, is_fit=pair.is_fit)
            yield (Figure.SPEED_UP, pair.candidate, pair.batch), point
    yield from _memory(figures, place, same)


def _verdicts(
    window: Window, figures: RunFigures, place: dict[str, int], same: Callable[[str, str], Arm | None]
) -> Iterator[tuple[_Key, Point]]:
    """Each verdict's words; whether its gate answers the judged run's question."""
    baselines, latest = _baselines(figures, place), _latest_answers(figures.answers, place)
    rules = {one.run_id: one.plan.gate for one in window.runs}
    on_other_data = {(one.run_id, one.arm) for one in figures.answers if not _is_same_data(one, latest[one.arm])}
    for verdict in figures.verdicts:
        is_same = baselines.get((verdict.candidate, verdict.batch), verdict.baseline) == verdict.baseline
        if is_same and same(verdict.run_id, verdict.candidate):
            is_same_test = (verdict.run_id, verdict.candidate) not in on_other_data
            point = Point(
                run=place[verdict.run_id],
                speed=verdict.speed,
                gate=verdict.gate,
                is_same_test=is_same_test and rules[verdict.run_id] == window.judged.plan.gate,
            )
            yield (Figure.VERDICT, verdict.candidate, verdict.batch), point


def _baselines(figures: RunFigures, place: dict[str, int]) -> dict[tuple[str, int], str]:
    """What the judged run compares each candidate with, by batch size."""
    judged = max(place.values())
    found = {(one.candidate, one.batch): one.baseline for one in figures.verdicts if place[one.run_id] == judged}
    return found | {(one.candidate, one.batch): one.baseline for one in figures.ratios if place[one.run_id] == judged}


def _memory(
    figures: RunFigures, place: dict[str, int], same: Callable[[str, str], Arm | None]
) -> Iterator[tuple[_Key, Point]]:
    """The median over launches of the peak while inferring at a batch size."""
    peaks: dict[tuple[str, str, str], list[int]] = {}
    for one in figures.memory:
        peaks.setdefault((one.run_id, one.arm, one.phase), []).append(one.peak_bytes)
    for (run_id, name, phase), found in peaks.items():
        batch = phase.removeprefix(_PHASE.format(""))
        if phase != batch and batch.isdecimal() and min(found) > 0 and same(run_id, name):
            yield (Figure.MEMORY, name, int(batch)), Point(run=place[run_id], value=float(median(found)))


def _found_once(
    window: Window, figures: RunFigures, place: dict[str, int], same: Callable[[str, str], Arm | None]
) -> Iterator[tuple[_Key, Point]]:
    """What does not depend on the batch size."""
    latest = _latest_answers(figures.answers, place)
    for one in figures.answers:
        if not same(one.run_id, one.arm) or not _is_same_data(one, latest[one.arm]):
            continue
        run = place[one.run_id]
        yield (Figure.ACCURACY, one.arm, None), Point(run=run, value=one.accuracy)
        if one.worst_recall is not None:
            worst = Point(run=run, value=one.worst_recall, note=one.worst_class or "")
            yield (Figure.WORST_CLASS, one.arm, None), worst
    for artifact in figures.artifacts:
        if artifact.size_bytes > 0 and same(artifact.run_id, artifact.arm):
            yield (Figure.SIZE, artifact.arm, None), Point(run=place[artifact.run_id], value=artifact.size_bytes)
    lower = {arm.name for arm in window.judged.plan.arms if arm.recipe.method.is_int8}
    for proof in figures.proofs:
        if proof.arm in lower and same(proof.run_id, proof.arm):
            yield (Figure.INT8_TIME, proof.arm, None), Point(run=place[proof.run_id], value=proof.share_by_time)


def _latest_answers(answers: Sequence[AnswerFigure], place: dict[str, int]) -> dict[str, AnswerFigure]:
    """Each arm's answers in the latest run that has them: whose data decide."""
    return {one.arm: one for one in sorted(answers, key=lambda one: place[one.run_id])}


def _is_same_data(one: AnswerFigure, other: AnswerFigure) -> bool:
    return (one.data_digest, one.samples) == (other.data_digest, other.samples)
