"""One lock per host: two runs at once would measure each other."""

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from harness.errors import HostBusyError

_POLL_S = 0.5
_FOR_EVERYONE = 0o666


def default_lock_path() -> Path:
    """The same file for every user of the host; `PLANNER_HOST_LOCK` overrides it for tests."""
    return Path(os.environ.get("PLANNER_HOST_LOCK") or Path(tempfile.gettempdir()) / "planner-host.lock")


@contextlib.contextmanager
def host_lock(path: Path, *, wait_s: float = 0.0, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the host for one run; the kernel lets go of it when the process ends, however it ends.

    Args:
        path: the lock file.
        wait_s: how long to wait for another run to finish; 0 refuses at once.
        on_wait: told once, with who holds the host, before waiting.

    Raises:
        HostBusyError: another run holds the host, or the lock file cannot be used.
    """
    try:
        descriptor = _open(path)
    except OSError as error:
        raise HostBusyError(
            f"the host's lock {path} cannot be used: {error.strerror}; set PLANNER_HOST_LOCK"
        ) from error
    try:
        _acquire(descriptor, path, wait_s=wait_s, on_wait=on_wait)
        with contextlib.suppress(OSError):  # a full disk: the lock holds without a name in it
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    """Open the lock file for every user of the host, whatever the umask of the one who came first.

    Made and opened in two steps, as Linux may forbid to open another user's file in a shared folder
    with O_CREAT (`fs.protected_regular`). Never follows a link that somebody may have put there.
    """
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    with contextlib.suppress(FileExistsError):
        made = os.open(path, flags | os.O_CREAT | os.O_EXCL, _FOR_EVERYONE)
        os.fchmod(made, _FOR_EVERYONE)
        return made
    return os.open(path, flags)


def _acquire(descriptor: int, path: Path, *, wait_s: float, on_wait: Callable[[str], None] | None) -> None:
    deadline = time.monotonic() + wait_s
    told = False
    while not _try_lock(descriptor):
        holder = os.pread(descriptor, 20, 0).decode("ascii", errors="replace") or "unknown"
        if time.monotonic() >= deadline:
            raise HostBusyError(
                f"another run (process {holder}) is measuring on this host: wait for it with --wait, "
                f"or end it; the lock is {path}",
            )
        if on_wait is not None and not told:
            on_wait(f"waiting for process {holder}, which is measuring on this host")
            told = True
        time.sleep(min(_POLL_S, max(0.0, deadline - time.monotonic())))


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
