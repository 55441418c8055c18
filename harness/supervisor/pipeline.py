"""Has every arm answer whole requests, one arm at a time, at the first and at the largest batch size.

After the timed rounds: nothing here is paired, so its figures are points without an interval.
"""

from collections.abc import Collection, Iterator, Mapping

from harness.errors import HarnessError
from harness.events import PipelineTimed, TimePipeline
from harness.run_events import ArmFailed, PipelineMeasured, PipelineNoted, RunEvent, StageBegan
from harness.supervisor.failures import failure_of
from harness.supervisor.patience import Patience
from harness.supervisor.process import WorkerProcess
from harness.vocabulary import Plan, Stage
from harness.workloads.description import Arrays, RandomTensors
from harness.workloads.workload import Workload

SECONDS = 0.4  # an arm and batch: hundreds of requests of a small model, and under a tenth of the usual run


def measure_pipelines(
    plan: Plan,
    workload: Workload,
    workers: Mapping[str, WorkerProcess],
    *,
    done: Collection[tuple[str, int]],
    patience: Patience,
) -> Iterator[RunEvent]:
    """Yield `PipelineMeasured` or `ArmFailed` for every worker at each batch size, except those `done` before."""
    obstacle = _obstacle(plan, workload)
    if obstacle is not None:
        yield PipelineNoted(note=f"not measured: {obstacle}")
        return
    if isinstance(workload.described.preprocessing, Arrays):
        yield PipelineNoted(note="the data are ready for the model: what makes them ready is not in these figures")
    for batch in dict.fromkeys((plan.batches[0], max(plan.batches))):
        wanted = [arm for arm in workers if (arm, batch) not in done]
        if wanted:
            yield StageBegan(stage=Stage.PIPELINE, total=len(wanted), batch=batch)
        for arm in wanted:
            try:
                command = TimePipeline(batch=batch, seconds=SECONDS)
                timed = workers[arm].ask(command, PipelineTimed, timeout_s=patience.with_loading())
            except HarnessError as error:
                yield ArmFailed(failure=failure_of(arm, Stage.PIPELINE, error, workers[arm]))
                continue
            yield PipelineMeasured(timing=timed.timing)


def _obstacle(plan: Plan, workload: Workload) -> str | None:
    if plan.is_simulated:
        return "a scripted runtime computes nothing, so its preprocessing would be all there is"
    if isinstance(workload.described.preprocessing, RandomTensors):
        return "the inputs are made up, so nothing is preprocessed"
    return None
