"""What to try next, from what a run found: a few sentences, the most useful first.

Documents in, text out. It repeats no reason of a verdict, and advises nothing that the run has already tried
or that its runtimes refuse.
"""

from collections.abc import Callable, Iterator

from harness.devices import INT8_DOT_FEATURES
from harness.errors import UnavailableError
from harness.runtimes import registry
from harness.variants import parse_variant
from harness.vocabulary import (
    CalibrationMethod,
    Gate,
    Granularity,
    LoadPoint,
    Measurement,
    Method,
    NoiseClass,
    Recipe,
    RunState,
    Severity,
    Speed,
    Verdict,
)
from planner.services.run_document import RunDocument, accepted_and_faster, best_accepted

_MOST = 4
_SHORT_CALL_S = 2e-4
"""Below it the fixed costs of a call are a large share: a model of one Relu takes 5 µs in ONNX Runtime and 20 µs
in OpenVINO (minima on a Zen 4 core), and quantising inputs and outputs comes on top."""
_FIXED_SHARE = 0.5
"""Of a call's time: from here on requests gain more from being sent together than from INT8."""
_USUAL_BATCH = 32
_SMALL_SHARE = 0.5
_MOST_FROM_INT8 = 4.0
"""INT8 arithmetic has four times FP32's peak rate on CPUs with VNNI (measured on Zen 4: 455 GOP/s against 115
GFLOP/s a core). Smaller weights can add to it where memory limits, but a larger gain asks for another look."""
_FAST_16_BIT = {Method.BF16: ("avx512_bf16", "amx_bf16"), Method.FP16: ("avx512_fp16", "amx_fp16")}


def advice_on(document: RunDocument, *, is_written: bool = False) -> tuple[str, ...]:
    """At most four sentences; none for a run that compared nothing or did not complete.

    Args:
        document: the run.
        is_written: whether the accepted model is being written already.
    """
    if document.state is not RunState.COMPLETED or not document.verdicts:
        return ()
    if best_accepted(document):
        rules = _AFTER_SUCCESS if is_written else (*_AFTER_SUCCESS, _keep_the_artifact)
    elif document.noise is NoiseClass.UNFIT:
        rules = (_calm_the_machine, *_ON_QUALITY)
    else:
        rules = (*_ON_SPEED, *_ON_QUALITY, _try_sixteen_bits)
    return tuple(sentence for rule in rules for sentence in rule(document))[:_MOST]


def _keep_the_artifact(document: RunDocument) -> Iterator[str]:
    best = best_accepted(document)
    if best is not None and _recipe(best.name).file is None:
        yield f"the same command with --out DIR writes the model of {best.name}, with its provenance"


def _doubt_the_baseline(document: RunDocument) -> Iterator[str]:
    doubted = [one for one in document.comparisons if one.ratio is not None and one.ratio.lower > _MOST_FROM_INT8]
    if not doubted:
        return
    baseline, fastest = doubted[0].baseline, doubted[0].fastest_baseline
    if fastest is not None and fastest != baseline:
        advice = f"count the gain against {fastest}, which this run measured, too"
    elif document.arm(baseline).runtime == "torch":
        advice = "measure FP32 compiled (fp32:compile) or in another runtime before you count the gain"
    else:
        advice = "measure FP32 in another runtime before you count the gain"
    yield (
        f"{doubted[0].candidate} gains more than INT8 arithmetic can give (4×), so {baseline} is a weak baseline: "
        f"{advice}"
    )


def _look_at_the_rest(document: RunDocument) -> Iterator[str]:
    small = [one for one in document.pipelines if one.inference_share < _SMALL_SHARE]
    if small:
        yield "inference is the smaller part of a request: what comes before it is where more is to be gained"


def _calm_the_machine(document: RunDocument) -> Iterator[str]:
    if document.noise is NoiseClass.UNFIT:
        yield "stop other programs (`planner doctor` shows what they take) and run again: no speed was decided here"
    elif document.noise is NoiseClass.NOISY and _any(document, speed=Speed.INCONCLUSIVE):
        seconds = 4 * document.timing.budget_s  # half the interval's width
        yield f"give more time (--budget {seconds:g}s) or a quieter machine: small differences did not show"


def _give_more_time(document: RunDocument) -> Iterator[str]:
    is_calm = document.noise in {NoiseClass.QUIET, NoiseClass.USABLE}
    if is_calm and _any(document, speed=Speed.INCONCLUSIVE):
        yield f"give more time (--budget {4 * document.timing.budget_s:g}s): the difference is small"


def _look_at_the_processor(document: RunDocument) -> Iterator[str]:
    if _slower(document) and not INT8_DOT_FEATURES & set(document.environment.cpu.features):
        yield (
            "this processor has no instruction that sums INT8 products (`planner doctor`): measure on the machine that "
            "will serve, INT8 may be faster there"
        )


def _bring_labels(document: RunDocument) -> Iterator[str]:
    if not all(verdict.gate is Gate.NOT_MEASURED for verdict in document.verdicts):
        return
    if _has_quality(document):  # right answers were counted, and the baseline's were no better than chance
        yield (
            "FP32 itself must answer well first: give the preprocessing that the model was trained with (--preprocess) "
            "and its classes in its own order (--classes), or write both down: planner workloads new mine.toml"
        )
    elif not any(verdict.speed is Speed.FAILED for verdict in document.verdicts):
        yield "give labelled data, and a trained model, to learn whether INT8 may be used: speed alone decides nothing"


def _bring_more_samples(document: RunDocument) -> Iterator[str]:
    unproven = [verdict.candidate for verdict in document.verdicts if verdict.gate is Gate.UNPROVEN]
    own = [name for name in unproven if _recipe(name).method.is_calibrated and _recipe(name).file is None]
    if own and any(one.severity is Severity.SERIOUS for one in document.calibration_findings):
        yield "calibrate with other data (--calibration): what was found in these withholds acceptance"
    elif unproven and document.test_samples is not None:
        yield "judge by all test samples (--samples all), or by as many as the reasons name"
    elif unproven:
        yield "test with as many samples as the reasons name (--data), or judge point estimates alone (--gate point)"


def _refine_the_scales(document: RunDocument) -> Iterator[str]:
    """Per channel, another calibration, layers left out: in the order of how often each helps.

    Not for what is no faster: better answers would not make it so.
    """
    slower = {one.candidate for one in document.comparisons if one.ratio is not None and one.ratio.upper < 1}
    no_faster = slower | {verdict.candidate for verdict in _slower(document)}
    rejected = {verdict.candidate for verdict in document.verdicts if verdict.gate is Gate.REJECTED} - no_faster
    recipes = [recipe for recipe in map(_recipe, sorted(rejected)) if recipe.method.is_int8]
    if not recipes:
        return
    tried = [_recipe(arm.name) for arm in document.arms]
    if all(recipe.file is not None for recipe in recipes):
        ours = "int8-static:per-channel"
        if ours not in {recipe.label for recipe in tried} and _runs_here(document, ours):
            yield f"let planner quantise it, to compare: --variants fp32,{ours} beside --candidate"
        return
    if not any(recipe.granularity is Granularity.PER_CHANNEL for recipe in tried):
        yield "try int8-static:per-channel: one scale a channel often brings the lost classes back"
        return
    yield from _refine_further(document, tried)


def _refine_further(document: RunDocument, tried: list[Recipe]) -> Iterator[str]:
    others = [f"int8-static:per-channel,{one}" for one in ("entropy", "percentile")]
    others = [one for one in others if _runs_here(document, one)]
    if others and not any(recipe.calibration is not CalibrationMethod.MIN_MAX for recipe in tried):
        yield f"try {' and '.join(others)}: outliers stretch ranges"
    if not any(recipe.left_out or recipe.left_out_types for recipe in tried):
        yield (
            "try leaving layers in FP32, the first and the last before others: int8-static:per-channel,without=NODE "
            "(names of nodes: in the model's graph, for example in Netron)"
        )
    if any(_recipe(arm.name).file is None for arm in document.arms if not arm.is_baseline):
        yield (
            "check that calibration data look like what is served: "
            f"planner audit calibration --workload {document.workload}"
        )


def _try_sixteen_bits(document: RunDocument) -> Iterator[str]:
    """Where INT8 loses too much, or gains nothing though there is arithmetic to shorten."""
    has_lost = _any(document, gate=Gate.REJECTED) or _any(document, gate=Gate.UNPROVEN)
    if not has_lost and not _slower(document):
        return
    tried = {_recipe(arm.name).method for arm in document.arms}
    fastest = min((one.quantiles[0].point_s for one in _baselines(document)), default=0.0)
    if fastest < _SHORT_CALL_S or not any(arm.runtime == "openvino" for arm in document.arms):
        return
    for method, flags in _FAST_16_BIT.items():
        if method not in tried and set(flags) & set(document.environment.cpu.features):
            yield f"try --variants fp32,{method}: this CPU computes in it, and it loses far less than INT8"


def _change_the_recipe(document: RunDocument) -> Iterator[str]:
    slower = {_recipe(verdict.candidate).method for verdict in _slower(document)}
    tried = {_recipe(arm.name).method for arm in document.arms}
    if Method.INT8_DYNAMIC in slower and Method.INT8_STATIC not in tried:
        yield "try int8-static: its scales are made beforehand, dynamic ones are computed in every call"


def _give_it_more_to_do(document: RunDocument) -> Iterator[str]:
    """Calls of microseconds: what INT8 cannot shorten, and what to do with them instead."""
    least, most = min(document.batches), max(document.batches)
    short = [
        one
        for one in _baselines(document)
        if one.load == LoadPoint(batch=least) and one.quantiles[0].point_s < _SHORT_CALL_S
    ]
    if not short or not _slower(document):
        return
    quickest = min(short, key=lambda one: one.quantiles[0].point_s)
    one_s, name = quickest.quantiles[0].point_s, quickest.arm
    told = f"a call takes {_microseconds(one_s)} in {name}"
    larger = document.measurement(name, LoadPoint(batch=most)) if most > least else None
    if larger is not None:
        many_s = larger.quantiles[0].point_s
        fixed_s = max(0.0, one_s - max(0.0, many_s - one_s) / (most - least) * least)
        if fixed_s >= _FIXED_SHARE * one_s:
            yield (
                f"{told} with {_inputs(least)} and {_microseconds(many_s)} with {_inputs(most)}, so most of it is a "
                "fixed cost that INT8 cannot shorten: send requests together, which gains more"
            )
            return
    told = f"{told}: there is little arithmetic that INT8 could shorten"
    if _is_fixed(document) or most >= _USUAL_BATCH:
        yield f"{told}; INT8 pays in larger models"
    else:
        yield f"{told}; see whether larger batches change that (--batch {_USUAL_BATCH})"


def _use_the_other_runtime(document: RunDocument) -> Iterator[str]:
    for arm in accepted_and_faster(document):
        fastest = next((one.fastest_baseline for one in document.comparisons if one.candidate == arm.name), None)
        if fastest is not None:
            yield f"move to {fastest} first: it is at least as fast as {arm.name}, without INT8"
            return


def _prove_int8(document: RunDocument) -> Iterator[str]:
    if not _any(document, speed=Speed.NOT_INT8):
        return
    tried = {arm.runtime for arm in document.arms}
    if others := [name for name in ("onnxruntime", "openvino") if name not in tried]:
        yield f"layers stayed in FP32: another runtime may run them in INT8 (--runtimes {','.join(others)})"
    elif not any(_recipe(arm.name).method is Method.INT8_STATIC for arm in document.arms):
        yield "layers stayed in FP32: int8-static may run them in INT8"
    else:
        yield "layers stayed in FP32 (`planner show` says how many, and how much of the time they take)"


Rule = Callable[[RunDocument], Iterator[str]]
_AFTER_SUCCESS: tuple[Rule, ...] = (_doubt_the_baseline, _look_at_the_rest)
_ON_SPEED: tuple[Rule, ...] = (
    _calm_the_machine,
    _use_the_other_runtime,
    _doubt_the_baseline,
    _prove_int8,
    _give_it_more_to_do,
    _look_at_the_processor,
    _change_the_recipe,
    _give_more_time,
)
_ON_QUALITY: tuple[Rule, ...] = (_refine_the_scales, _bring_labels, _bring_more_samples)


def _recipe(arm: str) -> Recipe:
    """The recipe of an arm, from the label in its name."""
    return parse_variant(arm.partition("/")[2])


def _runs_here(document: RunDocument, variant: str) -> bool:
    """Whether a runtime of the run takes the variant on this machine."""
    recipe = parse_variant(variant)
    for name in {arm.runtime for arm in document.arms}:
        try:
            if registry.find_runtime(name).refusal(recipe) is None:
                return True
        except UnavailableError:  # a stored run may name a plug-in that is not here
            continue
    return False


def _baselines(document: RunDocument) -> list[Measurement]:
    return [one for one in document.measurements if document.arm(one.arm).is_baseline]


def _is_fixed(document: RunDocument) -> bool:
    """Whether a batch size that was asked for could not be called."""
    return any(name.startswith("batch ") for name, _ in document.unavailable)


def _microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:.3g} µs"


def _inputs(count: int) -> str:
    return f"{count} input" if count == 1 else f"{count} inputs"


def _any(document: RunDocument, *, speed: Speed | None = None, gate: Gate | None = None) -> bool:
    return any(
        (speed is None or verdict.speed is speed) and (gate is None or verdict.gate is gate)
        for verdict in document.verdicts
    )


def _slower(document: RunDocument) -> list[Verdict]:
    return [verdict for verdict in document.verdicts if verdict.speed in {Speed.SLOWER, Speed.EQUIVALENT}]


def _has_quality(document: RunDocument) -> bool:
    return any(arm.quality is not None for arm in document.arms)
