"""Shares of what a card's data sheet allows: of runs on it, and beside the peaks that a check measured."""

from dataclasses import replace
from pathlib import Path

import pytest
from helpers.builders import make_environment, make_measurement, make_plan, make_quantile
from helpers.gpu_runs import RESNET_FLOP, check_limit, gpu_arm, make_card, make_check
from helpers.limits import make_model_work
from helpers.stored_runs import make_stored_run
from rich.console import Console

from harness.devices import NvidiaDevice
from harness.errors import UnavailableError
from harness.gpu_check.findings import write_report
from harness.vocabulary import Arm, LimitState, ModelWork, Precision
from planner.drawing.limits_view import impossible, limits_in_full
from planner.services.gpu_evidence import store_check
from planner.services.limits import limits_of, peaks_by
from planner.services.run_document import document_of
from planner.services.sheet_limits import beside_the_sheets
from planner.store import Store
from planner.store.records import StoredRun

ARM = gpu_arm()


class _Counted:
    def of_arm(self, _arm: Arm, batch: int) -> ModelWork:
        if batch > 1:
            raise UnavailableError("no graph")
        return make_model_work(operations=RESNET_FLOP)


def a_run(card: NvidiaDevice, *, seconds: float = 0.010, batch: int = 1) -> StoredRun:
    """Of ResNet-50 in FP32 on a card."""
    measured = make_measurement(arm=ARM.name, batch=batch, quantiles=(make_quantile(0.5, seconds),))
    return make_stored_run(
        plan=make_plan(arms=(ARM,), batches=(batch,)),
        environment=make_environment(gpus=(card,)),
        measurements=(measured,),
        arms=(),
    )


def the_limit(run: StoredRun) -> tuple[LimitState, float | None, str | None]:
    (limit,) = limits_of(run, peaks_by(run, lambda _threads: None), _Counted())  # type: ignore[arg-type] # as much of it
    return limit.state, limit.share, limit.reason


def test_a_run_on_a_card_reaches_a_share_of_its_data_sheet_and_never_of_the_hosts_cpu() -> None:
    run = a_run(make_card())
    asked: list[int] = []

    (limit,) = limits_of(run, peaks_by(run, asked.append), _Counted())  # type: ignore[arg-type]

    # Nothing proves what ran: the fastest of the card, INT8 at 130 tera, bounds.
    assert limit.share == pytest.approx(RESNET_FLOP / 130e12 / 0.010)
    assert limit.peak_source is not None
    assert limit.peak_source.startswith("data sheet t4: ")
    assert asked == []


def test_what_a_card_cannot_do_is_called_a_measuring_error() -> None:
    state, share, reason = the_limit(a_run(make_card(), seconds=RESNET_FLOP / 130e12 / 2))

    assert state is LimitState.BEATS
    assert share == pytest.approx(2.0)
    assert "a measuring error" in str(reason)


@pytest.mark.parametrize(
    ("card", "batch", "reason"),
    [
        (make_card("Some Card\x1b[2J"), 1, r"there is no target 'Some Card\x1b[2J'"),
        (make_card(parent_uuid="GPU-1"), 1, "an instance of a divided card has a part of its peaks"),
        (make_card(), 8, "no graph"),
    ],
)
def test_without_a_data_sheet_or_a_count_there_is_a_reason_and_no_share(
    card: NvidiaDevice, batch: int, reason: str
) -> None:
    state, share, told = the_limit(a_run(card, batch=batch))

    assert (state, share) == (LimitState.UNKNOWN, None)
    assert reason in str(told)


def test_a_stored_check_shows_both_shares_of_every_variant(tmp_path: Path) -> None:
    write_report(make_check(), tmp_path / "check.json")
    with Store.open(f"sqlite:///{tmp_path / 'r.db'}") as store:
        (run_id,) = store_check(store, tmp_path / "check.json")
        document = document_of(store.load(run_id))

    console = Console(width=150, record=True, file=(tmp_path / "out").open("w"))
    console.print(*limits_in_full(document))
    screen = console.export_text()

    operations = 32 * RESNET_FLOP
    assert [one.share for one in document.limits] == pytest.approx(
        [operations / 4e12 / 0.100, operations / 25e12 / 0.020]
    )
    assert [one.share for one in document.sheet_limits] == pytest.approx(
        [operations / 8.1e12 / 0.100, operations / 65e12 / 0.020]
    )
    assert "torch@gpu:0/fp32" in screen
    assert "65 %" in screen
    assert "torch@gpu:0/fp16 at batch 32: 20 % of its card's data sheet, by arithmetic, fp16 65.0 TFLOP/s" in screen
    assert "the card's peaks: data sheet t4: " in screen


def test_a_check_that_beats_the_data_sheet_is_flagged_and_one_without_a_sheet_says_so() -> None:
    limit = check_limit(ARM, p50_s=0.010, peak=50e12, precision=Precision.FP32)
    run = replace(a_run(make_card(), batch=32), limits=(limit,))
    (beating,) = beside_the_sheets(run, run.limits)
    (unknown,) = beside_the_sheets(replace(run, environment=make_environment()), run.limits)

    assert beating.state is LimitState.BEATS
    console = Console(width=150, record=True)
    console.print(*impossible([beating]))
    assert "beats the limit of its card's data sheet" in console.export_text()
    assert (unknown.state, unknown.share) == (LimitState.UNKNOWN, None)
    assert "no card of that number is recorded" in str(unknown.reason)
    assert beside_the_sheets(run, (beating,)) == ()


def test_an_older_check_without_counts_is_not_told_to_open_a_workload_that_nobody_has(tmp_path: Path) -> None:
    report = make_check()
    rows = tuple(replace(row, detail={k: v for k, v in row.detail.items() if k != "limit"}) for row in report.rows)
    write_report(replace(report, rows=rows), tmp_path / "check.json")
    with Store.open(f"sqlite:///{tmp_path / 'r.db'}") as store:
        (run_id,) = store_check(store, tmp_path / "check.json")
        document = document_of(store.load(run_id))

    assert {one.reason for one in document.limits} == {"this check counted no operations: make it anew (make gpu)"}
