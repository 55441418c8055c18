"""Peaks of a GPU check, and the share of the limit that a variant reached by them."""

import pytest
from helpers.builders import make_arm, make_measurement, make_quantile
from helpers.limits import make_caches, make_model_work

from harness.gpu_check.findings import Row, RowState
from harness.gpu_check.limits import BANDWIDTH, INSIDE, RATE, SIDE, Peaks, told
from harness.vocabulary import KernelProof, LayerRun, LimitState, ModelWork, Precision

ARM = make_arm(threads=1)


def rates(**tera: float) -> Peaks:
    """What a check keeps of these products, and of a copy of 200 GB/s."""
    peaks = Peaks(name="a card", version="2.13.0", caches=make_caches(2**20), copied=2**30)
    rows = [
        *(
            Row(step="p", subject=name, state=RowState.MEASURED, figures={RATE: rate, SIDE: 8192.0})
            for name, rate in tera.items()
        ),
        Row(step="p", subject="tf32", state=RowState.FAILED, reason="no such kernel"),
        Row(step="c", subject=INSIDE, state=RowState.MEASURED, figures={BANDWIDTH: 200.0}),
        Row(step="c", subject="to the GPU, pinned", state=RowState.MEASURED, figures={BANDWIDTH: 12.0}),
    ]
    assert list(peaks.heard(iter(rows))) == rows
    return peaks


def ran_in(precision: Precision) -> KernelProof:
    return KernelProof(
        source="p", layers=(LayerRun(name="a", kind="gemm", precision=precision, is_compute=True, time_s=1),)
    )


def taking(seconds: float) -> object:
    return make_measurement(arm=ARM.name, quantiles=(make_quantile(0.5, seconds),))


@pytest.mark.parametrize(
    ("seconds", "precision", "share", "state"),
    [
        (1e-3, Precision.FP32, 0.5, LimitState.WITHIN),
        (1e-3, Precision.FP16, 0.1, LimitState.WITHIN),
        (1e-4, Precision.FP32, 5.0, LimitState.BEATS),
    ],
)
def test_the_share_is_of_the_peak_that_the_check_measured_in_what_ran(
    seconds: float, precision: Precision, share: float, state: LimitState
) -> None:
    work = make_model_work(operations=4 * 10**9)  # 0.5 ms at 8 tera, 0.1 ms at 40

    limit = rates(fp32=8.0, fp16=40.0).limit(ARM, taking(seconds), work, ran_in(precision))  # type: ignore[arg-type]

    assert limit.share == pytest.approx(share)
    assert limit.state is state
    figures, notes = told(limit)
    assert figures["share_of_limit"] == limit.share
    assert figures["reached_tera_operations_per_s"] == pytest.approx(4e9 / seconds / 1e12)
    assert ("BEATS THE LIMIT" in notes["limit"]) == (state is LimitState.BEATS)


def test_weights_that_no_cache_holds_are_bound_by_the_copy_inside_the_card() -> None:
    work = make_model_work(operations=1000)

    limit = rates(fp32=8.0).limit(ARM, taking(1e-3), work, ran_in(Precision.FP32))  # type: ignore[arg-type]

    assert limit.memory_bytes == 4_001_040 - 2**20
    assert limit.share == pytest.approx((4_001_040 - 2**20) / 200e9 / 1e-3)


def test_what_was_not_counted_or_has_no_peak_says_so_and_has_no_figure() -> None:
    for peaks, work, reason in (
        (rates(fp32=8.0), "the operations were not counted: KeyError", "were not counted: KeyError"),
        (rates(), make_model_work(), "no peak rate of this machine is known"),
        (rates(fp32=8.0), make_model_work(), "no peak rate of int8 is known here"),
    ):
        limit = peaks.limit(ARM, taking(1e-3), work, ran_in(Precision.INT8))  # type: ignore[arg-type]

        assert (limit.state, limit.share) == (LimitState.UNKNOWN, None)
        figures, notes = told(limit)
        assert not figures
        assert reason in notes["limit"]


def test_the_checks_encoders_are_counted_as_the_papers_sizes_say() -> None:
    pytest.importorskip("torch")
    from harness.gpu_check.networks import stack  # noqa: PLC0415 - it needs torch
    from harness.gpu_check.work import work_of  # noqa: PLC0415 - likewise
    from pricing.published.models import Transformer  # noqa: PLC0415 - beside the others

    shape = Transformer(layers=2, hidden=64, ffn=256, extra=0)

    work = work_of(stack(2, 64, 4), (32, 64), 3)

    assert work.operations == 3 * shape.flop(32)
    assert (work.skippable, work.batch) == (0, 3)
    assert work.weight_bytes() == 4 * shape.parameters


def test_products_with_padding_are_told_apart_from_those_that_must_be_done() -> None:
    torch = pytest.importorskip("torch")
    from harness.gpu_check.work import work_of  # noqa: PLC0415 - it needs torch

    padded = torch.nn.Conv2d(2, 4, 3, padding=1, bias=False)
    strided = torch.nn.Conv2d(4, 4, 1, stride=2, bias=False)

    work = work_of(torch.nn.Sequential(padded, strided), (2, 4, 4), 1)

    taps_inside = (4 * 3 - 2) ** 2  # on each side, the first and last place lack a tap
    first, second = 2 * 4 * 2 * (4 * 4 * 9), 2 * 4 * 4 * (2 * 2)
    assert work == ModelWork(
        batch=1,
        operations=first + second,
        skippable=first - 2 * 4 * 2 * taps_inside,
        weights=work.weights,
        input_bytes=2 * 32,
        output_bytes=2 * 16,
        operators=(),
    )
