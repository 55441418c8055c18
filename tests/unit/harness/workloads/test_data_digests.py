"""The digest of a folder: what is in it decides, and it is read once for all processes."""

import hashlib
import os
import shutil
import time
from pathlib import Path

import pytest

from harness.errors import WorkloadError
from harness.workloads.data.digests import digest_of_folder, remembered
from harness.workloads.places import cache_root

_NAMES = ("a/1.png", "a/2.png", "b.png")


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number, name in enumerate(_NAMES):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_bytes(bytes([number]))
    return tmp_path / "data"


def _memos() -> list[Path]:
    return sorted((cache_root() / "digests").iterdir()) if (cache_root() / "digests").exists() else []


@pytest.fixture
def settled(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that was written long ago: the change time of a file cannot be set, so the clock is."""
    later = time.time_ns() + 10_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    return root


def test_the_digest_is_over_sorted_paths_and_hashes(root: Path) -> None:
    hashes = [hashlib.sha256((root / name).read_bytes()).hexdigest() for name in _NAMES]
    lines = "\n".join(f"{name}\0{digest}" for name, digest in zip(_NAMES, hashes, strict=True))

    found = digest_of_folder(root, _NAMES)

    assert found.digest == hashlib.sha256(lines.encode()).hexdigest()
    assert found.files == tuple(hashes)
    assert digest_of_folder(root, _NAMES[::-1]).digest == found.digest
    assert digest_of_folder(root, _NAMES[::-1]).files == tuple(hashes[::-1])


@pytest.mark.parametrize("change", ["content", "name", "file"])
def test_any_change_makes_another_digest(root: Path, change: str) -> None:
    before, names = digest_of_folder(root, _NAMES).digest, list(_NAMES)
    if change == "content":
        (root / "b.png").write_bytes(b"!")
    elif change == "name":
        (root / "b.png").rename(root / "c.png")
        names[2] = "c.png"
    else:
        names.pop()

    assert digest_of_folder(root, names).digest != before


def test_what_was_read_once_is_not_read_again(settled: Path, tmp_path: Path) -> None:
    digest_of_folder(settled, _NAMES)
    (memo,) = _memos()
    shutil.copytree(settled, tmp_path / "other")
    (tmp_path / "other" / "b.png").write_bytes(b"another")
    other = digest_of_folder(tmp_path / "other", _NAMES)
    (others,) = set(_memos()) - {memo}

    others.replace(memo)  # whoever read the files would not come to this

    assert digest_of_folder(settled, _NAMES) == other


def test_a_file_that_changed_is_read_again(settled: Path) -> None:
    before = digest_of_folder(settled, _NAMES).digest
    stamps = (settled / "b.png").stat()
    (settled / "b.png").write_bytes(b"!")  # as long as before
    os.utime(settled / "b.png", ns=(stamps.st_atime_ns, stamps.st_mtime_ns))

    assert digest_of_folder(settled, _NAMES).digest != before


@pytest.mark.parametrize("cut", [0, 1, 40, -1, -20])
def test_a_broken_memo_is_ignored_and_mended(settled: Path, cut: int) -> None:
    found = digest_of_folder(settled, _NAMES)
    (memo,) = _memos()
    whole = memo.read_bytes()
    memo.write_bytes(whole[:cut])

    assert digest_of_folder(settled, _NAMES) == found
    assert memo.read_bytes() == whole


@pytest.mark.parametrize(
    "wrong", [b"null", b'{"digest":"d","files":["a","b","c"]}', b'{"digest":"d","files":[]}', b"\xff"]
)
def test_a_memo_that_contradicts_itself_is_ignored(settled: Path, wrong: bytes) -> None:
    found = digest_of_folder(settled, _NAMES)
    (memo,) = _memos()
    memo.write_bytes(wrong)

    assert digest_of_folder(settled, _NAMES) == found


def test_files_written_a_moment_ago_are_not_remembered(root: Path) -> None:
    digest_of_folder(root, _NAMES)

    assert _memos() == []


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(settled: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")

    assert len(digest_of_folder(settled, _NAMES).files) == 3


def test_nothing_unfinished_is_left_beside_the_memo(settled: Path) -> None:
    digest_of_folder(settled, _NAMES)

    assert [path.name.startswith(".") for path in _memos()] == [False]


def test_a_file_that_is_gone_is_named(root: Path) -> None:
    with pytest.raises(WorkloadError, match=r"c\.png cannot be read: No such file"):
        digest_of_folder(root, ("c.png",))


def test_what_follows_from_a_key_is_found_once_and_again_where_the_memory_of_it_is_damaged() -> None:
    found = []

    def find() -> tuple[str, ...]:
        found.append("once")
        return ("a", "b")

    assert [remembered(("pixels", "x"), find), remembered(("pixels", "x"), find)] == [("a", "b")] * 2
    assert len(found) == 1
    assert remembered(("pixels", "y"), find) == ("a", "b")
    assert len(found) == 2
    for memo in _memos():
        memo.write_bytes(memo.read_bytes().replace(b'"b"', b'"c"'))
    assert remembered(("pixels", "x"), find) == ("a", "b")
    assert len(found) == 3
