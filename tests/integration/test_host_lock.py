"""One run a host: between real processes, however they end."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import HostBusyError
from harness.supervisor.host_lock import default_lock_path, host_lock

_HOLD = (
    "import pathlib, sys; from harness.supervisor.host_lock import host_lock\n"
    "with host_lock(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "host.lock"


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock until its input ends or it is killed."""
    process = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def _can_be_taken(path: Path) -> bool:
    try:
        with host_lock(path):
            return True
    except HostBusyError:
        return False


def test_a_second_process_is_refused_and_told_who_holds_the_host(path: Path, holder: subprocess.Popen[bytes]) -> None:
    with pytest.raises(HostBusyError, match=rf"another run \(process {holder.pid}\).*--wait.*{path}"), host_lock(path):
        pytest.fail("two runs hold the host")


def test_the_kernel_lets_go_of_a_holder_that_is_killed(path: Path, holder: subprocess.Popen[bytes]) -> None:
    holder.kill()
    holder.wait()

    with host_lock(path):
        assert path.read_text() == str(os.getpid())


def test_a_holder_that_ends_by_itself_lets_go(path: Path, holder: subprocess.Popen[bytes]) -> None:
    holder.communicate()

    assert _can_be_taken(path)


def test_the_lock_is_free_again_after_the_run_and_after_its_failure(path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), host_lock(path):
        raise KeyboardInterrupt

    assert _can_be_taken(path)
    assert _can_be_taken(path)


def test_one_process_cannot_hold_the_host_twice(path: Path) -> None:
    with host_lock(path):
        assert not _can_be_taken(path)


def test_a_child_that_outlives_its_run_does_not_hold_the_host(path: Path) -> None:
    with host_lock(path):
        child = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False)
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"here\n")
        child.stdin.flush()
        child.stdout.readline()  # it runs its own program now, so that inheriting is over

    assert _can_be_taken(path)
    child.communicate()


def test_waiting_is_announced_once_and_ends_with_the_holder(path: Path, holder: subprocess.Popen[bytes]) -> None:
    said: list[str] = []

    def on_wait(text: str) -> None:
        said.append(text)
        holder.kill()
        holder.wait()

    with host_lock(path, wait_s=60.0, on_wait=on_wait):
        assert path.read_text() == str(os.getpid())

    assert said == [f"waiting for process {holder.pid}, which is measuring on this host"]


def test_waiting_comes_to_an_end(path: Path, holder: subprocess.Popen[bytes]) -> None:
    said: list[str] = []

    with pytest.raises(HostBusyError, match=f"process {holder.pid}"), host_lock(path, wait_s=0.02, on_wait=said.append):
        pytest.fail("two runs hold the host")

    assert len(said) == 1


@pytest.mark.usefixtures("holder")
def test_a_holder_that_left_no_name_is_unknown(path: Path) -> None:
    path.write_bytes(b"")

    with pytest.raises(HostBusyError, match="process unknown"), host_lock(path):
        pytest.fail("two runs hold the host")


def test_a_symlink_in_the_place_of_the_lock_is_refused_and_its_target_left_alone(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep me")
    path.symlink_to(target)

    with pytest.raises(HostBusyError, match=r"cannot be used.*PLANNER_HOST_LOCK"), host_lock(path):
        pytest.fail("the link was followed")

    assert target.read_text() == "keep me"


def test_a_link_to_nothing_makes_nothing(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "absent")

    assert not _can_be_taken(path)
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("name", ["folder", "absent/host.lock"])
def test_a_path_that_can_hold_no_lock_is_refused_in_our_own_words(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(HostBusyError, match="cannot be used"), host_lock(tmp_path / name):
        pytest.fail("there is no lock")


def test_every_user_may_use_the_lock_whatever_the_umask_of_the_first(path: Path) -> None:
    before = os.umask(0o077)
    try:
        with host_lock(path):
            mode = stat.S_IMODE(path.stat().st_mode)
    finally:
        os.umask(before)

    assert mode == 0o666


def test_the_lock_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setenv("PLANNER_HOST_LOCK", str(path))
    named = default_lock_path()
    monkeypatch.delenv("PLANNER_HOST_LOCK")

    assert named == path
    assert default_lock_path().name == "planner-host.lock"
