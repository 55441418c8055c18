"""Real disks that are full or may not be written."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.builders import make_round
from helpers.runs import create_full_run, create_run
from helpers.unprivileged import as_nobody

from harness.vocabulary import Round
from planner.errors import StoreError
from planner.store import Store
from planner.store.archive import export_runs


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 kB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    mounted = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=600k", "none", str(folder)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run([shutil.which("umount") or "umount", str(folder)], check=True)


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that another user can enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_full_disk_is_one_sentence_and_what_was_committed_stays(small_disk: Path) -> None:
    path = small_disk / "results.db"
    store = Store.open(path)
    run_id = create_run(store)

    with pytest.raises(StoreError, match=r"the disk that holds .*results\.db is full: free some space"):
        _record_rounds(store, run_id)

    kept = store.rounds(run_id)
    store.close()
    assert kept == tuple(_large_round(index) for index in range(len(kept)))
    # The log has no room to be folded in: it stays beside the file, and belongs to it.
    roomy = Path(shutil.copytree(small_disk, small_disk.parent / "roomy"))
    with Store.open(roomy / "results.db") as moved:
        assert moved.rounds(run_id) == kept
    assert [file.name for file in roomy.iterdir()] == ["results.db"]


def test_recording_goes_on_when_there_is_space_again(small_disk: Path) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(150_000))
    with Store.open(small_disk / "results.db") as store:
        run_id = create_run(store)
        with pytest.raises(StoreError, match="is full"):
            _record_rounds(store, run_id)
        filler.unlink()

        store.record_round(run_id, make_round(index=10_000))

        assert store.rounds(run_id)[-1].index == 10_000


def test_no_database_can_be_made_on_a_full_disk_and_it_says_so(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(bytes(590_000))

    with pytest.raises(StoreError, match=r"the disk that holds .*results\.db is full"):
        Store.open(small_disk / "results.db")


def test_an_archive_that_does_not_fit_leaves_nothing_behind(small_disk: Path, tmp_path: Path) -> None:
    (small_disk / "filler").write_bytes(bytes(612_000))
    with Store.open(tmp_path / "results.db") as store:
        run_id = create_full_run(store, rounds=200)

        with pytest.raises(StoreError, match=r"runs\.zip cannot be written \(No space left on device\)"):
            export_runs(store, [run_id], small_disk / "runs.zip")

    assert [file.name for file in small_disk.iterdir()] == ["filler"]


def test_a_file_that_may_only_be_read_is_shown_and_not_written(shared_folder: Path) -> None:
    path, run_id = _stored(shared_folder)
    path.chmod(0o444)
    shared_folder.chmod(0o555)

    assert as_nobody(lambda: _show(path, run_id)) == "2 rounds, shown"
    refusal = as_nobody(lambda: _record(path, run_id))

    assert refusal.startswith(f"StoreError: {path} can only be read here: make the file and its folder writable")
    assert [file.name for file in shared_folder.iterdir()] == ["results.db"]


def test_a_folder_that_may_only_be_read_is_enough_to_show_a_file(shared_folder: Path) -> None:
    path, run_id = _stored(shared_folder)
    path.chmod(0o666)
    shared_folder.chmod(0o555)

    assert as_nobody(lambda: _show(path, run_id)) == "2 rounds, shown"
    assert as_nobody(lambda: _record(path, run_id)).startswith("StoreError: ")


def test_a_file_beside_the_log_of_a_running_writer_is_shown_with_what_is_in_the_log(shared_folder: Path) -> None:
    path, run_id = _stored(shared_folder)
    shared_folder.chmod(0o555)
    with Store.open(path) as writer:
        writer.record_round(run_id, make_round(index=2))
        for file in shared_folder.iterdir():
            file.chmod(0o444)

        assert as_nobody(lambda: _show(path, run_id)) == "3 rounds, shown"


def test_a_folder_that_may_only_be_read_cannot_hold_a_new_database(shared_folder: Path) -> None:
    shared_folder.chmod(0o555)

    refusal = as_nobody(lambda: str(Store.open(shared_folder / "results.db")))

    assert refusal.startswith("StoreError: ")
    assert "cannot be created because its folder is read-only" in refusal


def test_a_file_that_may_not_be_read_is_named(shared_folder: Path) -> None:
    path, _ = _stored(shared_folder)
    path.chmod(0o000)

    assert "may not be read by this user" in as_nobody(lambda: str(Store.open(path)))


def test_an_archive_that_may_not_be_written_is_one_sentence(shared_folder: Path) -> None:
    path, run_id = _stored(shared_folder)
    shared_folder.chmod(0o555)

    refusal = as_nobody(lambda: _export(path, run_id, shared_folder / "runs.zip"))

    assert refusal.startswith(f"ArchiveError: {shared_folder / 'runs.zip'} cannot be written (Permission denied)")


def _stored(folder: Path) -> tuple[Path, str]:
    with Store.open(folder / "results.db") as store:
        return folder / "results.db", create_full_run(store)


def _show(path: Path, run_id: str) -> str:
    with Store.open_existing(path) as store:
        assert store.runs()[0].run_id == store.load(run_id).run_id
        return f"{len(store.rounds(run_id))} rounds, shown"


def _record(path: Path, run_id: str) -> str:
    with Store.open(path) as store:
        store.record_round(run_id, make_round(index=9))
    return f"written by user {os.getuid()}"


def _export(path: Path, run_id: str, target: Path) -> str:
    with Store.open(path) as store:
        export_runs(store, [run_id], target)
    return "written"


def _record_rounds(store: Store, run_id: str) -> None:
    for index in range(1_000):
        store.record_round(run_id, _large_round(index))


def _large_round(index: int) -> Round:
    return make_round(index=index, started_at="x" * 3_000)
