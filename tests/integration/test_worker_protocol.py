"""Real worker processes and the channel to them: what is said, what is refused, and how they end."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.builders import make_arm
from helpers.fake_workload import write_fake_workload

from harness.errors import WorkerError
from harness.events import (
    PROTOCOL_VERSION,
    Evaluate,
    Load,
    Loaded,
    Pin,
    Pinned,
    Prove,
    Proved,
    TimeBlock,
    TimePipeline,
    encode,
)
from harness.supervisor.process import WorkerProcess, WorkerRefusedError

_PATIENCE_S = 60.0
_PLUG_IN = '''
import ctypes, os
from harness.errors import WorkloadError
from harness.runtimes.fake import FakeRuntime

class Noisy(FakeRuntime):
    """Says on standard output what libraries say there, in every way they have."""

    def open(self, artifact, *, recipe, threads):
        print("printed by Python", flush=True)
        os.write(1, b"written to descriptor 1\\n")
        ctypes.CDLL(None).puts(b"put by C")
        ctypes.CDLL(None).fflush(None)
        os.system("echo echoed by a child")
        if threads == 2:
            raise RuntimeError("what is wrong\\nand a screen of more")
        if threads == 3:
            os.write(int(os.environ["PLANNER_EVENT_FD"]), b'["Loaded",{"settings":1}]\\n')
        return super().open(artifact, recipe=recipe, threads=threads)
'''


@pytest.fixture
def workload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fake workload, and the plug-in runtime `noisy` for workers to find."""
    site = tmp_path / "site"
    (site / "noisy-1.0.dist-info").mkdir(parents=True)
    (site / "noisy-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: noisy\nVersion: 1.0\n")
    (site / "noisy-1.0.dist-info" / "entry_points.txt").write_text("[planner.runtimes]\nnoisy = noisy_runtime:Noisy\n")
    (site / "noisy_runtime.py").write_text(_PLUG_IN)
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("PLANNER_FAKE_RUNTIME", "1")
    return write_fake_workload(tmp_path / "workload", samples=60)


@pytest.fixture
def worker(tmp_path: Path, workload: Path) -> Iterator[WorkerProcess]:  # noqa: ARG001 - it sets the environment
    process = WorkerProcess("an arm", log=tmp_path / "logs" / "worker.log")
    yield process
    process.close()


def _load(workload: Path, *, runtime: str = "fake", threads: int = 1) -> Load:
    arm = make_arm("fp32", runtime=runtime, threads=threads)
    return Load(arm=arm, workload=str(workload), artifact=str(workload / "model.fake.json"), batches=(1,), launch=0)


def _stand_in(path: Path, script: str) -> str:
    """A program in the place of Python, so that every worker runs it instead."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def _talk(*lines: bytes) -> tuple[list[list[object]], int]:
    """What a worker says to these lines followed by the end of input, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "harness.worker"],
        input=b"".join(lines),
        capture_output=True,
        check=False,
        timeout=_PATIENCE_S,
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def test_a_worker_greets_with_its_version_and_ends_when_its_input_does() -> None:
    ((kind, body),), code = _talk()

    assert kind == "Hello"
    assert isinstance(body, dict)
    assert body["version"] == PROTOCOL_VERSION
    assert code == 0


def test_lines_that_are_no_command_are_refused_one_by_one_and_the_worker_goes_on() -> None:
    (_, *answers), code = _talk(b'["Dance",{}]\n', b"\xff\x00{\n", b"\n", b'["Evaluate",{}]\n', encode(Prove()))

    assert [kind for kind, _ in answers] == ["Refused"] * 5
    assert "unknown command 'Dance'" in str(answers[0])
    assert "nothing is loaded yet" in str(answers[-1])
    assert code == 0


@pytest.mark.parametrize(
    "command", [Prove(), Evaluate(batch=1), TimeBlock(batch=1, seconds=0.01), TimePipeline(batch=1, seconds=0.01)]
)
def test_a_duty_before_loading_is_refused_in_our_own_words(
    worker: WorkerProcess, command: Prove | Evaluate | TimeBlock | TimePipeline
) -> None:
    with pytest.raises(WorkerRefusedError, match="nothing is loaded yet") as refusal:
        worker.ask(command, Proved, timeout_s=_PATIENCE_S)

    assert refusal.value.kind == "WorkerError"


def test_a_batch_that_was_not_loaded_is_refused_and_the_worker_goes_on(worker: WorkerProcess, workload: Path) -> None:
    worker.ask(_load(workload), Loaded, timeout_s=_PATIENCE_S)

    with pytest.raises(WorkerRefusedError, match="batch 8 was not loaded"):
        worker.ask(TimeBlock(batch=8, seconds=0.01), Loaded, timeout_s=_PATIENCE_S)

    assert worker.ask(Prove(), Proved, timeout_s=_PATIENCE_S).proof.layers


def test_an_answer_of_another_kind_is_a_worker_error(worker: WorkerProcess, workload: Path) -> None:
    with pytest.raises(WorkerError, match="answered Load with Loaded"):
        worker.ask(_load(workload), Proved, timeout_s=_PATIENCE_S)


def test_what_libraries_print_goes_to_the_log_and_not_into_the_channel(worker: WorkerProcess, workload: Path) -> None:
    loaded = worker.ask(_load(workload, runtime="noisy"), Loaded, timeout_s=_PATIENCE_S)

    assert loaded.settings["simulated"] == "yes"
    for said in ("printed by Python", "written to descriptor 1", "put by C", "echoed by a child"):
        assert said in worker.log_tail()


def test_what_a_runtime_raises_is_refused_on_one_line_with_the_traceback_in_the_log(
    worker: WorkerProcess, workload: Path
) -> None:
    with pytest.raises(WorkerRefusedError, match=r"^what is wrong$") as refusal:
        worker.ask(_load(workload, runtime="noisy", threads=2), Loaded, timeout_s=_PATIENCE_S)

    assert refusal.value.kind == "RuntimeError"
    assert "RuntimeError: what is wrong" in worker.log_tail()


def test_an_event_that_is_malformed_is_a_worker_error(worker: WorkerProcess, workload: Path) -> None:
    with pytest.raises(WorkerError, match="a Loaded message that is malformed"):
        worker.ask(_load(workload, runtime="noisy", threads=3), Loaded, timeout_s=_PATIENCE_S)


def test_binding_to_a_cpu_that_does_not_exist_is_an_answer_with_a_reason(worker: WorkerProcess) -> None:
    absent = worker.ask(Pin(cpus=(1_000_000,)), Pinned, timeout_s=_PATIENCE_S)
    negative = worker.ask(Pin(cpus=(-1,)), Pinned, timeout_s=_PATIENCE_S)

    assert absent.cpus == negative.cpus == ()
    assert "cannot be bound" in str(absent.reason)
    assert "cannot be bound" in str(negative.reason)


def test_closing_twice_is_closing_and_nothing_can_be_asked_after_it(worker: WorkerProcess) -> None:
    worker.close()
    worker.close()

    for attempt in (worker.receive_ready, lambda: worker.send(Prove()), lambda: worker.receive(timeout_s=1)):
        with pytest.raises(WorkerError, match="an arm has been closed"):
            attempt()
    assert worker.cpu_s() == 0.0


def test_ctrl_c_does_not_reach_a_worker(worker: WorkerProcess, workload: Path) -> None:
    worker.ask(_load(workload), Loaded, timeout_s=_PATIENCE_S)

    os.kill(worker.pid, signal.SIGINT)

    assert worker.ask(Prove(), Proved, timeout_s=_PATIENCE_S).proof.layers


def test_a_worker_without_news_is_ended_when_patience_is_over(worker: WorkerProcess) -> None:
    with pytest.raises(WorkerError, match="was silent for 0 s and has been ended"):
        worker.receive(timeout_s=0.0)

    with pytest.raises(WorkerError, match="SIGKILL"):
        worker.ask(Prove(), Proved, timeout_s=_PATIENCE_S)


def test_a_worker_ends_with_its_supervisor_even_if_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import pathlib, signal, sys; from harness.supervisor.process import WorkerProcess\n"
        "worker = WorkerProcess('an arm', log=pathlib.Path(sys.argv[1]))\n"
        "print(worker.pid, flush=True); signal.pause()"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "log")], stdout=subprocess.PIPE)
    assert supervisor.stdout is not None
    ended = os.pidfd_open(int(supervisor.stdout.readline()))

    supervisor.kill()
    supervisor.communicate()

    assert select.select([ended], [], [], _PATIENCE_S)[0]
    os.close(ended)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("exit 3", r"did not start \(exit code 3\)"),
        ("echo Segmentation fault; read line", "no message"),
        ("""echo '["Hello",{"version":99,"pid":1}]'; read line""", "speaks version 99"),
        ("""echo '["Hello",{"version":1,"pid":1}]'; exit 0""", r"ended by itself \(exit code 0\)"),
        ("""echo '["Hello",{"version":1,"pid":1}]'; kill -SEGV $$""", "died of signal SIGSEGV"),
        ("exec 1>&-; sleep 60", "closed its channel and has been ended"),
        ("head -c 70000000 /dev/zero; read line", "talks without end"),
    ],
)
def test_a_program_that_is_no_worker_of_ours_is_a_worker_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    monkeypatch.setattr(sys, "executable", _stand_in(tmp_path / "python", script))
    process = WorkerProcess("an arm", log=tmp_path / "log")

    with pytest.raises(WorkerError, match=says):
        process.receive(timeout_s=_PATIENCE_S)

    process.kill()
    process.close()


def test_a_process_that_cannot_be_started_is_a_worker_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "absent"))

    with pytest.raises(WorkerError, match="no process for an arm could be started: No such file"):
        WorkerProcess("an arm", log=tmp_path / "log")
