"""What to try where INT8 gains too little, or the machine could not tell."""

from collections.abc import Iterator

from harness.devices import INT8_DOT_FEATURES
from harness.vocabulary import Gate, LoadPoint, Method, NoiseClass, Speed
from planner.services.advice_facts import (
    baselines_timed,
    candidates_judged,
    fails_as_its_baseline_does,
    has_verdict,
    int8_no_faster,
    is_undecided_by_load,
    recipe_of,
)
from planner.services.run_document import RunDocument, accepted_and_faster

_SHORT_CALL_S = 2e-4
"""Below it the fixed costs of a call are a large share: a model of one Relu takes 5 µs in ONNX Runtime and 20 µs
in OpenVINO (minima on a Zen 4 core), and quantising inputs and outputs comes on top."""
_FIXED_SHARE = 0.5
"""Of a call's time: from here on requests gain more from being sent together than from INT8."""
_USUAL_BATCH = 32
_MOST_FROM_INT8 = 4.0
"""INT8 arithmetic has four times FP32's peak rate on CPUs with VNNI (measured on Zen 4: 455 GOP/s against 115
GFLOP/s a core). Smaller weights can add to it where memory limits, but a larger gain asks for another look."""
_NO_SPEED = {Speed.FAILED, Speed.NOT_INT8, Speed.BASELINE_NOT_AS_NAMED}
_ONNX_RUNTIMES = ("onnxruntime", "openvino")
_FAST_16_BIT = {Method.BF16: ("avx512_bf16", "amx_bf16"), Method.FP16: ("avx512_fp16", "amx_fp16")}


def doubt_the_baseline(document: RunDocument) -> Iterator[str]:
    """A gain that INT8 arithmetic cannot give."""
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


def calm_the_machine(document: RunDocument) -> Iterator[str]:
    """Where other programs kept speeds from being decided: not where nothing ran, or not in INT8."""
    if all(one.speed in _NO_SPEED for one in document.verdicts):
        return
    if document.noise is NoiseClass.UNFIT:
        what = "no speed was" if is_undecided_by_load(document) else "not every speed was"
        yield f"stop other programs (`planner doctor` shows what they take) and run again: {what} decided here"
    elif document.noise is NoiseClass.NOISY and has_verdict(document, speed=Speed.INCONCLUSIVE):
        seconds = 4 * document.timing.budget_s  # half the interval's width
        yield f"give more time (--budget {seconds:g}s) or a quieter machine: small differences did not show"


def give_more_time(document: RunDocument) -> Iterator[str]:
    """Small differences on a calm machine."""
    is_calm = document.noise in {NoiseClass.QUIET, NoiseClass.USABLE}
    if is_calm and has_verdict(document, speed=Speed.INCONCLUSIVE):
        yield f"give more time (--budget {4 * document.timing.budget_s:g}s): the difference is small"


def look_at_the_processor(document: RunDocument) -> Iterator[str]:
    """A processor that cannot be quick in INT8."""
    if int8_no_faster(document) and not INT8_DOT_FEATURES & set(document.environment.cpu.features):
        yield (
            "this processor has no instruction that sums INT8 products (`planner doctor`): measure on the machine that "
            "will serve, INT8 may be faster there"
        )


def try_sixteen_bits(document: RunDocument) -> Iterator[str]:
    """Where INT8 loses too much, or gains nothing though there is arithmetic to shorten."""
    lost = {
        name
        for gate in (Gate.REJECTED, Gate.UNPROVEN)
        for name in candidates_judged(document, gate)
        if not fails_as_its_baseline_does(document, name)
    }
    if not lost and not int8_no_faster(document):
        return
    tried = {recipe_of(arm.name).method for arm in document.arms}
    fastest = min((one.quantiles[0].point_s for one in baselines_timed(document)), default=0.0)
    if fastest < _SHORT_CALL_S or not any(arm.runtime == "openvino" for arm in document.arms):
        return
    for method, flags in _FAST_16_BIT.items():
        if method not in tried and set(flags) & set(document.environment.cpu.features):
            yield f"try --variants fp32,{method}: this CPU computes in it, and it loses far less than INT8"


def change_the_recipe(document: RunDocument) -> Iterator[str]:
    """Dynamic scales cost time in every call."""
    slower = {recipe_of(name).method for name in int8_no_faster(document)}
    tried = {recipe_of(arm.name).method for arm in document.arms}
    if Method.INT8_DYNAMIC in slower and Method.INT8_STATIC not in tried:
        yield "try int8-static: its scales are made beforehand, dynamic ones are computed in every call"


def try_another_runtime(document: RunDocument) -> Iterator[str]:
    """Where one runtime alone was asked, and its INT8 gains nothing though there is arithmetic to shorten."""
    candidates = {one.candidate for one in document.verdicts if recipe_of(one.candidate).method.is_int8}
    fastest = min((one.quantiles[0].point_s for one in baselines_timed(document)), default=0.0)
    if not candidates or not candidates <= int8_no_faster(document) or fastest < _SHORT_CALL_S:
        return
    tried = {arm.runtime for arm in document.arms}
    installed = {one.name for one in document.environment.packages}
    if others := [name for name in _ONNX_RUNTIMES if name not in tried and name in installed]:
        yield f"try another runtime (--runtimes {','.join(others)}): its INT8 may be quicker for these layers"


def give_it_more_to_do(document: RunDocument) -> Iterator[str]:
    """Calls of microseconds: what INT8 cannot shorten, and what to do with them instead."""
    least, most = min(document.batches), max(document.batches)
    timed = [one for one in baselines_timed(document) if one.load == LoadPoint(batch=least)]
    short = [one for one in timed if one.quantiles[0].point_s < _SHORT_CALL_S]
    if not short or not int8_no_faster(document):
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


def use_the_other_runtime(document: RunDocument) -> Iterator[str]:
    """What is accepted and faster, but not than another runtime's baseline."""
    for arm in accepted_and_faster(document):
        fastest = next((one.fastest_baseline for one in document.comparisons if one.candidate == arm.name), None)
        if fastest is not None:
            yield f"move to {fastest} first: it is at least as fast as {arm.name}, without INT8"
            return


def prove_int8(document: RunDocument) -> Iterator[str]:
    """What ran is no question of noise."""
    if not has_verdict(document, speed=Speed.NOT_INT8):
        return
    tried = {arm.runtime for arm in document.arms}
    if others := [name for name in _ONNX_RUNTIMES if name not in tried]:
        yield f"layers stayed in FP32: another runtime may run them in INT8 (--runtimes {','.join(others)})"
    elif not any(recipe_of(arm.name).method is Method.INT8_STATIC for arm in document.arms):
        yield "layers stayed in FP32: int8-static may run them in INT8"
    else:
        yield (
            "no runtime that was tried has INT8 for the layers that stayed in FP32 (the reasons name them): keep FP32, "
            "or build the model of layers that have it (Conv, MatMul, Gemm)"
        )


def _is_fixed(document: RunDocument) -> bool:
    """Whether a batch size that was asked for could not be called."""
    return any(name.startswith("batch ") for name, _ in document.unavailable)


def _microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:.3g} µs"


def _inputs(count: int) -> str:
    return f"{count} input" if count == 1 else f"{count} inputs"
