"""`planner bench` where it cannot write: one sentence, no traceback, nobody left behind, nothing lost."""

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import CommandLine, refuses
from helpers.committed import Committed
from helpers.disks import make_disk_read_only, resize_disk, small_disk
from helpers.fake_bench import FakeBench, wait_until
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script

UNSTEADY: dict[str, Any] = {"latency_us": 100_000.0, "jitter": 2.0}  # some 200 rounds
ENDLESS = ("--quiet", "--budget", "10m")
LARGEST_FILE = 250_000  # bytes; a run of 200 rounds wants more for its write-ahead log


@pytest.fixture
def fake(tmp_path: Path) -> FakeBench:
    fake = FakeBench(folder=tmp_path)
    fake.write_workload({FP32: make_script(**UNSTEADY), PER_CHANNEL: make_int8_script(**UNSTEADY)})
    return fake


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", kilobytes=300) as folder:
        yield folder


def test_a_disk_that_fills_up_ends_the_run_and_resume_goes_on_when_there_is_room(fake: FakeBench, disk: Path) -> None:
    database = str(disk / "results.db")
    measured = ("--workload", str(fake.workload), "--batch", "1", *ENDLESS)

    refusal = refuses(fake.planner("--db", database, "bench", *measured))

    assert refusal == f"planner: the disk that holds {database} is full: free some space, or use another --db"
    assert fake.processes() == []
    committed = Committed(disk / "results.db")
    assert committed.look() > 10
    resize_disk(disk, kilobytes=8000)
    committed.require_sound()
    assert fake.planner("--db", database, "resume", "--quiet").returncode == 3
    committed.require_sound()
    assert committed.states() == ["completed"]


def test_a_file_that_may_not_grow_ends_the_run_with_what_it_holds(fake: FakeBench) -> None:
    committed = Committed(fake.database)
    with fake.started(*ENDLESS) as process:
        wait_until(committed.look, what="a round is committed")
        fake.limit(process, resource.RLIMIT_FSIZE, LARGEST_FILE)  # as a quota would
        stdout, stderr = process.communicate()

    assert (process.returncode, stdout) == (2, "")
    assert stderr.startswith(f"planner: the disk that holds {fake.database} ")
    assert stderr.count("\n") == 1
    assert fake.processes() == []
    committed.require_sound()
    assert fake.planner("resume", "--quiet").returncode == 3


def test_a_full_disk_cannot_hold_a_new_database_and_nothing_is_measured(fake: FakeBench, disk: Path) -> None:
    _fill(disk, leave=4096)

    refusal = refuses(fake.planner("--db", str(disk / "results.db"), "bench", "--workload", str(fake.workload)))

    assert "is full: free some space" in refusal
    assert fake.processes() == []
    assert fake.logs == []


def test_a_full_artifact_cache_fails_the_variant_and_not_the_run(fake: FakeBench, disk: Path) -> None:
    _fill(disk, leave=8192)  # for the folders, not for the artifact

    answer = fake.bench("--quiet", PLANNER_CACHE=str(disk / "cache"))

    (failure,) = fake.document()["failures"]
    assert answer.returncode == 5
    assert (failure["arm"], failure["stage"]) == (f"fake/{PER_CHANNEL}", "quantize")
    assert "No space left on device" in failure["message"]
    assert "PLANNER_CACHE" in failure["hint"]
    assert [one["arm"] for one in fake.document()["measurements"]] == ["fake/fp32"]
    assert list((disk / "cache").glob("staging/*")) == []
    assert answer.stderr == ""


def test_an_artifact_cache_that_cannot_be_made_is_refused(fake: FakeBench) -> None:
    (fake.folder / "file").touch()

    refusal = refuses(fake.bench("--quiet", PLANNER_CACHE=str(fake.folder / "file")))

    assert "set PLANNER_CACHE to another folder" in refusal
    assert fake.document()["state"] == "failed"


def test_logs_that_cannot_be_written_fail_every_variant_with_the_way_out(fake: FakeBench) -> None:
    (fake.folder / "file").touch()

    answer = fake.bench("--quiet", PLANNER_STATE=str(fake.folder / "file"))

    assert answer.returncode == 5
    assert all("set PLANNER_STATE to another folder" in one["message"] for one in fake.document()["failures"])


def test_a_database_that_may_only_be_read_is_not_measured_into(fake: FakeBench, disk: Path) -> None:
    assert fake.bench("--quiet", "--variants", "fp32").returncode == 0
    resize_disk(disk, kilobytes=8000)
    shutil.copy(fake.database, disk / "results.db")
    make_disk_read_only(disk)

    refusal = refuses(fake.planner("--db", str(disk / "results.db"), "bench", "--workload", str(fake.workload)))

    assert "can only be read here: make the file and its folder writable, or use another --db" in refusal


def test_a_database_in_a_folder_that_is_not_there_is_refused(fake: FakeBench) -> None:
    nowhere = fake.folder / "nowhere" / "results.db"

    refusal = refuses(fake.planner("--db", str(nowhere), "bench", "--workload", str(fake.workload)))

    assert refusal == f"planner: the folder {nowhere.parent} does not exist: create it, or use another --db"
    assert not nowhere.parent.exists()
    assert fake.logs == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_standard_output_on_a_full_disk_is_one_sentence_and_the_run_is_stored(
    fake: FakeBench, options: tuple[str, ...]
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        answer = subprocess.run(
            _command(fake, *options),
            env=CommandLine(folder=fake.folder).environment | {"PLANNER_FAKE_RUNTIME": "1"},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert answer.returncode == 2
    assert answer.stderr == "planner: standard output cannot be written: No space left on device\n"
    assert fake.document()["state"] == "completed"


def _command(fake: FakeBench, *options: str) -> list[str]:
    planner = [sys.executable, "-P", "-m", "planner", "--db", str(fake.database)]
    return [*planner, "bench", "--workload", str(fake.workload), "--batch", "1", "--quiet", *options]


def _fill(disk: Path, *, leave: int) -> None:
    (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - leave))
