"""Peak rates of a GPU check, rehearsed on the CPU."""

import time
from collections.abc import Iterator

import pytest

from harness.gpu_check.findings import Report, Row, RowState
from harness.gpu_check.steps import Step, carry_out

pytest.importorskip("torch")

from harness.gpu_check.rates import products
from harness.gpu_check.variants import Device


def test_a_step_whose_time_is_over_ends_and_is_no_fault_of_the_precision_that_it_met() -> None:
    device = Device(name="cpu", arm="cpu", synchronize=lambda: time.sleep(0.3))  # longer than the step may last

    def rows(_deadline: float) -> Iterator[Row]:
        return products(device)

    report = carry_out(
        [Step(name="peak rates", limit_s=0.1, rows=rows)],
        Report(device="cpu", is_rehearsal=True, started_at="2026-01-01", machine={}),
        budget_s=10.0,
        clock=time.monotonic,
        keep=lambda _: None,
    )

    assert [(row.subject, row.state) for row in report.rows] == [("the rest of it", RowState.SKIPPED)]
