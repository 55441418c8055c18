"""A worker's process sees the card of its arm, and the command line says what is not here."""

from pathlib import Path

import pytest
from helpers.builders import make_arm
from helpers.command_line import CommandLine, refuses
from helpers.fake_workload import write_fake_workload

from harness.events import Load, Loaded, Prove, Proved
from harness.supervisor.process import WorkerProcess
from harness.supervisor.visibility import variables_for


def test_a_worker_is_given_one_gpu_by_uuid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_FAKE_RUNTIME", "1")
    workload = write_fake_workload(tmp_path / "workload", samples=60)
    arm = make_arm("fp32", device="gpu:3")
    worker = WorkerProcess(arm.name, log=tmp_path / "log", variables=variables_for("gpu:3", {"gpu:3": "GPU-abc"}))
    try:
        load = Load(arm=arm, workload=str(workload), artifact=str(workload / "model.fake.json"), batches=(1,), launch=0)
        loaded = worker.ask(load, Loaded, timeout_s=60.0)
        proved = worker.ask(Prove(), Proved, timeout_s=60.0)
    finally:
        worker.close()

    assert loaded.settings["cuda_visible_devices"] == "GPU-abc"
    assert loaded.settings["cuda_device_order"] == "PCI_BUS_ID"
    assert proved.proof.layers


@pytest.mark.parametrize(
    ("device", "words"),
    [("gpu:0,cpu", "gpu:0 cannot be measured, as no GPU is here (NVML: "), ("tpu", "no device 'tpu'")],
)
def test_a_device_that_is_not_here_is_one_sentence_before_anything_is_opened(
    tmp_path: Path, device: str, words: str
) -> None:
    without_a_driver = {"LD_LIBRARY_PATH": ""}
    said = refuses(CommandLine(folder=tmp_path)("bench", "--device", device, **without_a_driver))

    assert words in said
    assert not (tmp_path / "results.db").exists()
