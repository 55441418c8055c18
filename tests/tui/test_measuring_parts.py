"""What the measuring view rests on: command lines, fields, where a run stands, when to paint, playing a run. No app."""

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest
from helpers.builders import FP32, INT8, make_plan
from helpers.run_event_sequences import began as stage_began
from helpers.run_event_sequences import failed, finished, round_finished, standing
from helpers.told_runs import ToldRun

from harness.errors import HarnessError
from harness.run_events import RunEvent
from harness.vocabulary import Gate, RunState, Stage
from planner.services.live import Ended, Judged, Line, Teller, began
from planner.services.live_replay import Told
from planner.services.progress import Progress, reduce
from planner.tui.measuring.asked import Asked, typed
from planner.tui.measuring.checking import check_fields
from planner.tui.measuring.pacing import Pacer
from planner.tui.measuring.player import Player
from planner.tui.measuring.saying import MOST, open_log
from planner.tui.measuring.session import Session
from planner.tui.measuring.standing import ArmState, LiveRun, Phase


def _lines(*events: RunEvent, every_s: float = 1.0) -> list[Line]:
    lines: list[Line] = [began("abcd1234", make_plan())]
    progress = Progress()
    for number, event in enumerate(events, start=1):
        progress = reduce(progress, event, now_s=number * every_s)
        Teller(tell=lines.append).watch(progress, event)
    return lines


def _run(*lines: Line) -> LiveRun:
    run = LiveRun(arguments=("bench",))
    for line in lines:
        run.take(line)
    return run


def test_a_command_line_can_be_typed_in_a_shell() -> None:
    asked = Asked(model="my model.onnx", data="d'ata", variants=("int8-dynamic",), devices=("cpu", "gpu:0"))
    (line,) = asked.command_lines()
    assert typed(line) == (
        "planner bench --model 'my model.onnx' --data 'd'\"'\"'ata' --variants fp32,int8-dynamic --device cpu,gpu:0"
    )
    assert Asked().command_lines() == ()


def test_a_run_is_followed_from_arm_to_arm() -> None:
    lines = _lines(
        stage_began(Stage.QUANTIZE),
        finished(Stage.QUANTIZE, FP32),
        stage_began(Stage.LOAD),
        finished(Stage.LOAD, FP32),
        failed(INT8),
        stage_began(Stage.TIME, 30, batch=1),
        round_finished(1.0, standings=(standing(),)),
        round_finished(2.0, is_contaminated=True, standings=(standing(),)),
    )
    run = _run(*lines, Judged(arm=FP32, accuracy=0.9))
    assert (run.arms[FP32].state, run.arms[FP32].accuracy) == (ArmState.TIMED, 0.9)
    assert [point.is_disturbed for point in run.points] == [False, True]
    assert run.host is not None
    assert run.is_timed
    assert run.timing_left_s is not None
    assert not run.is_over

    run.take(Ended(run="abcd1234", state=RunState.INTERRUPTED, exit_code=130))
    assert run.phase is Phase.CANCELLED
    assert not run.is_timed


def test_another_load_begins_with_an_empty_plot_and_keeps_the_standings() -> None:
    lines = _lines(
        stage_began(Stage.TIME, 30, batch=1),
        round_finished(1.0, standings=(standing(),)),
        stage_began(Stage.WARM_UP, batch=8),
    )
    run = _run(*lines)
    assert not run.points
    assert list(run.standings) == ["batch 1"]
    assert run.arms[FP32].median_s is None


def test_a_judgement_is_kept_and_told() -> None:
    run = _run(*_lines(), Judged(arm=INT8, accuracy=0.8, gate=Gate.REJECTED, reason="lost too much"))
    run.take(Judged(arm="nobody/knows", gate=Gate.ACCEPTED))
    assert (run.arms[INT8].gate, run.arms[INT8].reason) == (Gate.REJECTED, "lost too much")
    assert [(one.tone, "lost too much" in one.text) for one in run.said] == [("bad", True)]


def test_cancelling_asks_only_where_less_is_ahead_than_behind() -> None:
    early = _lines(stage_began(Stage.TIME, 30, batch=1), round_finished(1.0))
    late = _lines(stage_began(Stage.TIME, 30, batch=1), round_finished(29.0), every_s=60.0)
    assert not _run(*early).is_more_than_half_done
    assert _run(*late).is_more_than_half_done


def test_what_is_timed_is_painted_seldom() -> None:
    pacer = Pacer()
    due = [pacer.due(at / 2, is_timed=True) for at in range(40)]  # every half second, as the timer looks
    numbers = [at / 2 for at, one in enumerate(due) if one.numbers]
    plots = [at / 2 for at, one in enumerate(due) if one.plot]
    assert min(np.diff(numbers)) >= 2.0
    assert min(np.diff(plots)) >= 5.0
    assert pacer.due(20.0, is_timed=False).numbers


def test_a_run_is_played_at_a_speed_and_held() -> None:
    told = tuple(Told(at_s=float(at), line=line) for at, line in enumerate(_lines(*[finished(Stage.LOAD)] * 9)))
    player = Player(told=told, speed=2.0)
    assert len(list(player.pass_time(1.0))) == 3  # at 0, 1 and 2 s
    player.is_paused = True
    assert not list(player.pass_time(100.0))
    player.is_paused = False
    player.quicken(99)
    assert len(list(player.pass_time(1.0))) == len(told) - 3
    assert player.is_over


@pytest.fixture
def files(tmp_path: Path) -> Path:
    np.savez(tmp_path / "labelled.npz", inputs=np.zeros(3), labels=np.zeros(3))
    np.savez(tmp_path / "bare.npz", inputs=np.zeros(3))
    (tmp_path / "broken.npz").write_bytes(b"no zip")
    (tmp_path / "texts.csv").write_text("text,label\n")
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "m.onnx").write_bytes(b"\x08\x08" + b"\x3a\x80\x89\x7a" + b"x" * 2_000_000)  # ir_version, graph
    (tmp_path / "cut.onnx").write_bytes(b"\x08\x08" + b"\x3a\x80\x89\x7a" + b"x" * 1_000_000)
    (tmp_path / "empty.onnx").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    ("field", "name", "told", "is_wrong"),
    [
        ("model", "", "name an .onnx file", False),
        ("model", "m.onnx", "1.91 MiB", False),
        ("model", "cut.onnx", "is damaged", True),
        ("model", "empty.onnx", "holds no graph", True),
        ("model", "notes.txt", ".txt is not .onnx", True),
        ("model", ".", "is a folder", True),
        ("model", "none.onnx", "no such file", True),
        ("data", "labelled.npz", "accuracy and every class", False),
        ("data", "bare.npz", "no array is called labels (there: inputs)", False),
        ("data", "broken.npz", "is not an .npz file", True),
        ("data", "notes.txt", "in no known form", True),
        ("data", "texts.csv", "name the model's tokenizer.json", False),
        ("calibration", "none.npz", "no such file", True),
    ],
)
def test_a_path_is_looked_at_before_anything_is_started(
    files: Path, field: str, name: str, told: str, *, is_wrong: bool
) -> None:
    found = check_fields({field: str(files / name) if name else ""})[field]
    assert told in found.told
    assert found.is_wrong is is_wrong


def test_budget_and_gate_are_read_as_the_command_line_reads_them() -> None:
    found = check_fields({"budget": "soon", "max_relative_loss": "1 %", "max_class_drop": "0.03", "model": "a.b:make"})
    assert "is no time: write for example 45s" in found["budget"].told
    assert "a share from 0 to 1" in found["max_relative_loss"].told
    assert not found["max_class_drop"].is_wrong
    assert "its code is run" in found["model"].told
    assert check_fields({"budget": "0s"})["budget"].is_wrong
    assert check_fields({"data": "/nowhere/a.csv", "tokenizer": ""})["tokenizer"].is_wrong


def test_a_run_that_has_told_its_end_is_measured_no_more_and_the_next_waits_until_it_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_STATE", str(tmp_path))
    told = ToldRun(folder=tmp_path / "told")
    session = Session(database="none.db", program=told.program)

    async def follow() -> list[bool]:
        come = asyncio.Event()
        session.add([("bench",), ("bench",)])
        run = session.next_run()
        assert run is not None
        following = asyncio.create_task(session.follow(run, told=come.set))
        told.cue("ready")
        await come.wait()
        measuring = [session.is_measuring]
        told.cue("done")
        while run.ended is None:
            come.clear()
            await come.wait()
        measuring += [session.is_measuring, session.next_run() is not None]
        told.cue("leave")
        await following
        return [*measuring, session.next_run() is not None]

    assert asyncio.run(asyncio.wait_for(follow(), 60)) == [True, False, False, True]
    told.close()


def test_who_cancels_a_run_keeps_those_that_wait() -> None:
    session = Session(database="none.db")
    session.add([("bench",), ("bench", "--budget", "5s")])
    session.next_run()
    session.cancel()
    assert list(session.waiting) == [("bench", "--budget", "5s")]


def test_of_what_runs_said_the_newest_files_stay_and_a_full_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_STATE", str(tmp_path))
    for _ in range(MOST + 5):
        descriptor, newest = open_log()
        os.close(descriptor)
    assert newest.parent == tmp_path / "logs" / "app"
    assert len([*newest.parent.iterdir()]) == MOST
    assert newest.exists()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLANNER_STATE", str(tmp_path / "file"))
    with pytest.raises(HarnessError, match="no log can be written to"):
        open_log()
