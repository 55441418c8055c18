"""Whole requests as figures: where their time goes, what inference can gain at most, what a candidate gained.

Nothing here has an interval: the phases were timed one arm after the other, not in pairs.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from harness.vocabulary import PipelineTiming
from planner.services.recording import PIPELINE
from planner.store.records import StoredRun


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFigures:
    """An arm's whole requests at a batch size, in medians of seconds.

    `most_speed_up` is what a request gains at most, were inference free (Amdahl's law); `None` where
    inference is all there is. `speed_up` is the baseline's total over this arm's: a point, without an interval.
    """

    arm: str
    batch: int
    repeats: int
    preprocess_s: float
    copy_s: float
    inference_s: float
    postprocess_s: float
    total_s: float
    inference_share: float
    most_speed_up: float | None
    speed_up: float | None


def request_figures(run: StoredRun) -> tuple[RequestFigures, ...]:
    """The figures of every arm and batch size whose whole requests were timed, in the plan's order."""
    return tuple(_figures(run))


def request_note(run: StoredRun) -> str | None:
    """Why no whole request was timed, or what is not in the figures, where the run says so."""
    said = (arm.settings.get(PIPELINE) for arm in run.arms)
    return next((note for note in said if note is not None), None)


def _figures(run: StoredRun) -> Iterator[RequestFigures]:
    timings = {(one.arm, one.batch): one for one in run.pipelines}
    for timing in run.pipelines:
        planned = run.planned_arm(timing.arm)
        baseline = run.plan.baseline_of(planned) if planned else None
        against = timings.get((baseline.name, timing.batch)) if baseline else None
        yield _figures_of(timing, against)


def _figures_of(timing: PipelineTiming, baseline: PipelineTiming | None) -> RequestFigures:
    return RequestFigures(
        arm=timing.arm,
        batch=timing.batch,
        repeats=timing.repeats,
        preprocess_s=timing.preprocess_s,
        copy_s=timing.copy_s,
        inference_s=timing.inference_s,
        postprocess_s=timing.postprocess_s,
        total_s=timing.total_s,
        inference_share=timing.inference_share,
        most_speed_up=timing.most_speed_up if math.isfinite(timing.most_speed_up) else None,
        speed_up=baseline.total_s / timing.total_s if baseline else None,
    )
