"""`planner doctor`: everything is an answer, also what is missing."""

import fcntl
import importlib.util
import json
from pathlib import Path

import pytest
from helpers.command_line import CommandLine
from helpers.nvml import variables as nvml_variables
from helpers.runs import create_run
from helpers.selftests import make_selftest

from harness.vocabulary import NoiseClass
from planner.services.host_state import this_host
from planner.store import Store

_IS_RUNTIME_HERE = any(importlib.util.find_spec(name) for name in ("onnxruntime", "openvino"))
_WITHOUT_RUNTIMES = (
    "import sys; sys.modules.update(onnxruntime=None, openvino=None, torch=None); "
    "from planner.__main__ import main; sys.exit(main(['doctor']))"
)
needs_runtime = pytest.mark.skipif(not _IS_RUNTIME_HERE, reason="no runtime is installed here")


@pytest.mark.parametrize("columns", ["80", "120"])
def test_every_part_of_the_machine_has_an_answer(planner: CommandLine, columns: str) -> None:
    answer = planner("doctor", "--no-noise", COLUMNS=columns)
    for name in ("processor", "GPUs", "runtimes", "energy", "memory peak", "database", "cache", "host lock", "noise"):
        assert name in answer.stdout
    assert max(len(line) for line in answer.stdout.splitlines()) <= int(columns)


def test_it_creates_no_database(planner: CommandLine, tmp_path: Path) -> None:
    answer = planner("doctor", "--no-noise")
    assert "planner bench" in answer.stdout
    assert not (tmp_path / "results.db").exists()


def test_it_tells_what_the_database_holds(planner: CommandLine, store: Store) -> None:
    create_run(store)
    store.close()
    document = json.loads(planner("doctor", "--no-noise", "--json").stdout)
    assert document["schema"] == "planner.doctor/1"
    assert document["database"]["is_usable"]
    assert "1 run" in document["database"]["state"]


def test_the_newest_self_test_of_this_host_is_told_in_a_line(planner: CommandLine, store: Store) -> None:
    store.record_selftest(make_selftest(host_id=this_host()))
    store.close()

    assert "✓ this machine's self-test of 28 Nov 2026: 4.8 % false alarms" in planner("doctor", "--no-noise").stdout


def test_a_file_that_is_no_database_is_named_as_such(planner: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "results.db").write_bytes(b"nothing of the kind" * 100)
    document = json.loads(planner("doctor", "--no-noise", "--json").stdout)
    assert not document["database"]["is_usable"]


def test_a_host_that_is_held_is_named_and_its_noise_is_not_measured(planner: CommandLine) -> None:
    with planner.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        document = json.loads(planner("doctor", "--json").stdout)
    assert document["host"]["lock"] == "held"
    assert document["noise"]["report"] is None


def test_without_a_runtime_it_says_what_to_type_and_exits_with_2(planner: CommandLine) -> None:
    answer = planner.python(["-c", _WITHOUT_RUNTIMES])
    assert answer.returncode == 2
    assert "✗ onnxruntime: the package onnxruntime is not installed; type: pip install" in answer.stdout
    assert "unavailable: no runtime is here" in answer.stdout


def test_pytorch_alone_can_measure_but_not_the_workload_that_noise_is_measured_with(planner: CommandLine) -> None:
    pytest.importorskip("torch")
    answer = planner.python(["-c", _WITHOUT_RUNTIMES.replace(", torch=None", "")])
    assert answer.returncode == 0
    assert "no runtime is here that opens the built-in workload" in answer.stdout


def test_a_gpu_is_found_by_the_driver_s_own_library_and_told_how_its_energy_is_read(planner: CommandLine) -> None:
    document = json.loads(planner("doctor", "--no-noise", "--json", **nvml_variables("t4")).stdout)
    assert document["gpus"][0]["name"] == "Tesla T4"
    assert document["gpu_checks"][0]["energy_source"] == "NVML: energy counter"


@needs_runtime
def test_the_noise_of_this_machine_is_measured(planner: CommandLine) -> None:
    answer = planner("doctor", "--json")
    assert answer.returncode == 0
    noise = json.loads(answer.stdout)["noise"]
    assert noise["reason"] is None
    assert NoiseClass(noise["report"]["noise_class"])
    assert noise["rounds"] >= 1
    assert noise["advice"]
