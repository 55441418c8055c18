"""`planner bench --events`: the run as it happens, a line of JSON an event."""

from pathlib import Path

import pytest
from helpers.fake_bench import FakeBench

from harness.errors import HarnessError
from harness.vocabulary import Gate, RunState, Stage
from planner.services.live import Began, Ended, Judged, Moved, Said, decode_line


def test_a_run_is_told_in_lines_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    bench = FakeBench(folder=tmp_path)
    bench.write_workload()

    answer = bench.bench("--events", "--observer", "tui", "--budget", "2s")

    lines = [decode_line(line.encode()) for line in answer.stdout.splitlines()]
    began, ended = lines[0], lines[-1]
    assert isinstance(began, Began)
    assert isinstance(ended, Ended)
    assert (ended.run, ended.state, ended.exit_code) == (began.run, RunState.COMPLETED, answer.returncode)
    assert [arm.label for arm in began.arms if arm.is_baseline] == ["fp32"]
    rounds = [line for line in lines if isinstance(line, Moved) and line.medians]
    assert {one.arm for one in rounds[-1].medians} == {arm.name for arm in began.arms}
    assert all(one.median_s > 0 for line in rounds for one in line.medians)
    assert any(isinstance(line, Moved) and line.progress.stage is Stage.TIME for line in lines)
    assert any(isinstance(line, Said) for line in lines)
    assert rounds[-1].host is not None
    judged = {line.arm: line for line in lines if isinstance(line, Judged)}
    assert {arm.name: judged[arm.name].gate for arm in began.arms} == {
        arm.name: None if arm.is_baseline else Gate.ACCEPTED for arm in began.arms
    }
    assert all(one.accuracy is not None for one in judged.values())


def test_what_is_no_line_of_events_is_refused_in_a_sentence() -> None:
    with pytest.raises(HarnessError, match="is no line of events"):
        decode_line(b'{"kind": "exploded"}')
    with pytest.raises(HarnessError, match="more than any run's"):
        decode_line(b" " * 5_000_000)
