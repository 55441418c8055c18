"""File systems that are full or may not be written, for real."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, *, kilobytes: int) -> Iterator[Path]:
    """A file system of this size at `folder`, where this user may mount one."""
    folder.mkdir(parents=True)
    if not _mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(folder)):
        pytest.skip("this user may not mount a file system")
    try:
        yield folder
    finally:
        subprocess.run([shutil.which("umount") or "umount", str(folder)], check=True)


def resize_disk(folder: Path, *, kilobytes: int) -> None:
    """Make room on it."""
    assert _mount("-o", f"remount,size={kilobytes}k", str(folder))


def make_disk_read_only(folder: Path) -> None:
    """Let nobody write on it, not even root."""
    assert _mount("-o", "remount,ro", str(folder))


def _mount(*arguments: str) -> bool:
    mount = shutil.which("mount")
    return mount is not None and subprocess.run([mount, *arguments], capture_output=True, check=False).returncode == 0
