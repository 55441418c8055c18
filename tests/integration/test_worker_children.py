"""What a library starts inside a worker ends with the worker, however that ends; and nothing is told to its maker."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from helpers.builders import make_arm
from helpers.fake_bench import wait_until
from helpers.fake_workload import write_fake_workload

from harness.events import Load, Loaded
from harness.supervisor.process import WorkerProcess

_PATIENCE_S = 60.0
_PLUG_IN = '''
import os, signal
from harness.runtimes.fake import FakeRuntime

class Forking(FakeRuntime):
    """Forks a child that waits for ever, as a library may."""

    def open(self, artifact, *, recipe, threads):
        if os.fork() == 0:
            signal.pause()
        return super().open(artifact, recipe=recipe, threads=threads)
'''
_LOST_PARENT = """
import os, signal, sys
from pathlib import Path
from helpers.builders import make_arm
from harness.events import Load, Loaded
from harness.supervisor.process import WorkerProcess
arm = make_arm("fp32", runtime="forking")
workload, log = sys.argv[1:]
load = Load(arm=arm, workload=workload, artifact=f"{workload}/model.fake.json", batches=(1,), launch=0)
WorkerProcess("an arm", log=Path(log)).ask(load, Loaded, timeout_s=60)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def workload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fake workload, and the plug-in runtime `forking` for workers to find."""
    site = tmp_path / "site"
    (site / "forking-1.0.dist-info").mkdir(parents=True)
    (site / "forking-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: forking\nVersion: 1.0\n")
    (site / "forking-1.0.dist-info" / "entry_points.txt").write_text(
        "[planner.runtimes]\nforking = forking_runtime:Forking\n"
    )
    (site / "forking_runtime.py").write_text(_PLUG_IN)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), str(Path(__file__).parents[1])]))
    monkeypatch.setenv("PLANNER_FAKE_RUNTIME", "1")
    return write_fake_workload(tmp_path / "workload", samples=60)


@pytest.fixture
def worker(tmp_path: Path, workload: Path) -> Iterator[WorkerProcess]:
    """A worker whose library has forked."""
    process = WorkerProcess("an arm", log=tmp_path / "worker.log")
    load = Load(
        arm=make_arm("fp32", runtime="forking"),
        workload=str(workload),
        artifact=str(workload / "model.fake.json"),
        batches=(1,),
        launch=0,
    )
    process.ask(load, Loaded, timeout_s=_PATIENCE_S)
    assert len(_living()) == 2
    yield process
    process.close()


def test_a_closed_worker_leaves_no_child(worker: WorkerProcess) -> None:
    worker.close()

    wait_until(lambda: not _living(), what="the child has ended too")


def test_a_killed_worker_leaves_no_child(worker: WorkerProcess) -> None:
    worker.kill()

    wait_until(lambda: not _living(), what="the child has ended too")


def test_a_worker_that_loses_its_parent_leaves_no_child(tmp_path: Path, workload: Path) -> None:
    program = [sys.executable, "-P", "-c", _LOST_PARENT, str(workload), str(tmp_path / "worker.log")]

    assert subprocess.run(program, check=False).returncode == -signal.SIGKILL

    wait_until(lambda: not _living(), what="worker and child have ended")


def test_workers_are_told_to_keep_their_use_to_themselves(worker: WorkerProcess) -> None:
    environment = psutil.Process(worker.pid).environ()

    assert (environment["NNCF_CI"], environment["CI"]) == ("1", "true")


def _living() -> list[psutil.Process]:
    """Every living process with the environment that the workload's fixture made."""
    return [one for one in psutil.process_iter() if _is_ours(one)]


def _is_ours(process: psutil.Process) -> bool:
    try:
        is_dead = process.status() == psutil.STATUS_ZOMBIE
        return not is_dead and process.environ().get("PYTHONPATH") == os.environ["PYTHONPATH"]
    except psutil.Error:
        return False
