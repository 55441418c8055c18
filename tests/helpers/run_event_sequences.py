"""Events of runs for tests, one builder a kind, and hypothesis strategies over sequences of them."""

from collections.abc import Callable
from itertools import accumulate

from helpers.builders import (
    DIGEST,
    FP32,
    INT8,
    make_energy,
    make_failure,
    make_memory,
    make_pipeline,
    make_prediction,
    make_proof,
    make_ratio,
    make_round,
    make_warm_up,
)
from helpers.server import make_rate
from hypothesis import strategies as st

from harness.run_events import (
    ArmAdvanced,
    ArmFailed,
    ArmLoaded,
    ArmPinned,
    ArmPredicted,
    ArmProved,
    ArmWarmedUp,
    ArtifactReady,
    EnergyMeasured,
    MemoryMeasured,
    PipelineMeasured,
    RoundFinished,
    RunEvent,
    ServerRateFound,
    StageBegan,
    Standing,
)
from harness.vocabulary import ArtifactRef, Speed, Stage

ARMS = (FP32, INT8, "fake/int8-mixed:per-channel")

_STEPS: dict[Stage, Callable[[str], RunEvent]] = {
    Stage.QUANTIZE: lambda arm: ArtifactReady(
        arm=arm, artifact=ArtifactRef(digest=DIGEST, path="m.onnx", size_bytes=1), made=None, was_cached=True
    ),
    Stage.LOAD: lambda arm: ArmLoaded(arm=arm, settings={}, memory=(), load_s=0.1),
    Stage.PROVE: lambda arm: ArmProved(arm=arm, proof=make_proof()),
    Stage.QUALITY: lambda arm: ArmPredicted(arm=arm, prediction=make_prediction()),
    Stage.WARM_UP: lambda arm: ArmWarmedUp(samples=make_warm_up(arm=arm)),
    Stage.MEMORY: lambda arm: MemoryMeasured(arm=arm, readings=(make_memory(),)),
    Stage.ENERGY: lambda arm: EnergyMeasured(arm=arm, reading=make_energy()),
    Stage.PIPELINE: lambda arm: PipelineMeasured(timing=make_pipeline(arm=arm)),
    Stage.SERVER: lambda arm: ServerRateFound(rate=make_rate(arm=arm)),
}


def began(stage: Stage, total: int = len(ARMS), *, batch: int | None = None) -> StageBegan:
    """A stage of so many steps begins."""
    return StageBegan(stage=stage, total=total, batch=batch)


def finished(stage: Stage, arm: str = FP32) -> RunEvent:
    """An arm is through a stage, other than timing."""
    return _STEPS[stage](arm)


def failed(arm: str = INT8, *, message: str = "it died") -> ArmFailed:
    """An arm is out."""
    return ArmFailed(failure=make_failure(arm=arm, message=message))


def standing(speed: Speed = Speed.FASTER, *, candidate: str = INT8) -> Standing:
    """How a candidate stands; an inconclusive one has no ratio yet."""
    ratio = None if speed is Speed.INCONCLUSIVE else make_ratio()
    return Standing(candidate=candidate, baseline=FP32, ratio=ratio, speed=speed, is_settled=False)


def round_finished(
    elapsed_s: float, *, budget_s: float = 30.0, is_contaminated: bool = False, standings: tuple[Standing, ...] = ()
) -> RoundFinished:
    """A round is complete."""
    one = make_round(is_contaminated=is_contaminated)
    return RoundFinished(round=one, standings=standings, pairs=4, elapsed_s=elapsed_s, budget_s=budget_s)


def any_events() -> st.SearchStrategy[list[RunEvent]]:
    """Events in any order, as no supervisor sends them."""
    arms = st.sampled_from(ARMS)
    stages = st.sampled_from(Stage)
    standings = st.lists(st.builds(standing, st.sampled_from(Speed), candidate=st.text(max_size=8)), max_size=3)
    event: st.SearchStrategy[RunEvent] = st.one_of(
        st.builds(began, stages, st.integers(0, 4), batch=st.sampled_from([None, 1, 8, 77])),
        st.builds(finished, stages.filter(lambda stage: stage is not Stage.TIME), arms),
        st.builds(failed, arms, message=st.text(max_size=20)),
        st.builds(ArmAdvanced, arm=arms, done=st.integers(0, 20), total=st.integers(0, 10)),
        st.builds(ArmPinned, arm=arms, cpus=st.just(()), reason=st.none()),
        st.builds(
            round_finished,
            st.floats(0.0, 100.0),
            budget_s=st.floats(0.001, 50.0),
            is_contaminated=st.booleans(),
            standings=standings.map(tuple),
        ),
    )
    return st.lists(event, max_size=25)


@st.composite
def stages_of_a_run(draw: st.DrawFn) -> list[RunEvent]:
    """One stage as the supervisor tells it: every arm advances, comes through or fails, in any interleaving."""
    stage = draw(st.sampled_from(Stage))
    if stage is Stage.TIME:
        budget_s = draw(st.floats(0.1, 30.0))
        moments = accumulate(draw(st.lists(st.floats(0.1, 3.0), max_size=12)))
        rounds = [round_finished(moment, budget_s=budget_s) for moment in moments]
        return [began(stage, round(budget_s + 0.5), batch=1), *rounds, *draw(st.lists(st.builds(failed), max_size=2))]
    by_arm: dict[str, list[RunEvent]] = {}
    for arm in ARMS:
        steps = sorted(draw(st.lists(st.integers(0, 10), max_size=4)))
        end = draw(st.sampled_from([finished(stage, arm), failed(arm)]))
        by_arm[arm] = [*(ArmAdvanced(arm=arm, done=done, total=10) for done in steps), end]
    turns = draw(st.permutations([arm for arm, events in by_arm.items() for _ in events]))
    return [began(stage), *(by_arm[arm].pop(0) for arm in turns)]
