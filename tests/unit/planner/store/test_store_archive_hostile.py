"""Archives that nobody should be able to hurt us with: each is refused and nothing is imported."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.archives import build_archive, build_zip, edited, entries_of, manifest_for
from helpers.runs import create_full_run

from planner.errors import ArchiveError
from planner.store import Store
from planner.store.archive import export_runs, import_runs
from planner.store.container import ArchiveLimits

RUN = "abcdef01"


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one run, as `planner export` writes it."""
    path = tmp_path_factory.mktemp("archives") / "honest.zip"
    with Store.open("sqlite://", new_id=lambda: RUN) as store:
        export_runs(store, [create_full_run(store)], path)
    return path


@pytest.fixture
def refuse(other: Store) -> Callable[..., None]:
    """Asserts that an archive is refused with a message, and that nothing of it is kept."""

    def check(path: Path, message: str, limits: ArchiveLimits | None = None) -> None:
        with pytest.raises(ArchiveError, match=message):
            import_runs(other, path, limits=limits or ArchiveLimits())
        assert other.runs() == ()

    return check


Refuse = Callable[..., None]


@pytest.mark.parametrize("content", [b"", b"PK", b"hello" * 100, b"PK\x05\x06" + bytes(17), bytes(22)])
def test_a_file_that_is_no_zip(refuse: Refuse, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    refuse(tmp_path / "x.zip", "this is not an archive of runs")


def test_an_empty_zip(refuse: Refuse, tmp_path: Path) -> None:
    refuse(build_zip(tmp_path / "x.zip", {}), r"it holds no manifest\.json")


def test_a_zip_cut_off_anywhere(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    content = honest.read_bytes()
    for length in range(0, len(content), 97):
        (tmp_path / "x.zip").write_bytes(content[:length])
        refuse(tmp_path / "x.zip", "not an archive of runs|is damaged")


def test_a_zip_with_its_beginning_cut_off(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(honest.read_bytes()[200:])
    refuse(tmp_path / "x.zip", "not an archive of runs|is damaged")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "runs/../../evil.json",
        "C:\\evil.json",
        "runs\\abcdef02.json",
        "runs/abcdef02.json/",
        "runs/",
        "runs/ABCDEF02.json",
        "runs/abcdef02.json\n",
        "runs/abcdef02",
        "runs/a.json",
        "notes.txt",
        "\u202ejson.fdp",
    ],
)
def test_a_name_that_export_never_writes(refuse: Refuse, honest: Path, tmp_path: Path, name: str) -> None:
    entries = entries_of(honest) | {name: b"x"}
    listed = {key: data for key, data in entries.items() if key != "manifest.json"}
    path = build_zip(tmp_path / "x.zip", entries | {"manifest.json": manifest_for(listed)})

    refuse(path, "which `planner export` never writes")
    assert {file.name for file in tmp_path.iterdir()} == {"x.zip"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    entries = entries_of(honest)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, data in [*entries.items(), (f"runs/{RUN}.json", b"{}")]:
            archive.writestr(name, data)

    refuse(tmp_path / "x.zip", "holds a name twice")


def test_an_entry_that_the_manifest_does_not_list(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    entries = entries_of(honest) | {"runs/abcdef02.json": b"{}"}
    refuse(build_zip(tmp_path / "x.zip", entries), "does not list what the archive holds")


def test_an_entry_that_is_listed_but_missing_or_listed_twice(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    entries = entries_of(honest)
    document = {f"runs/{RUN}.json": entries[f"runs/{RUN}.json"]}
    missing = manifest_for({**document, "runs/abcdef02.json": b"{}"})
    extra = b'"files": [{"name": "runs/%s.json", "sha256": "", "size_bytes": 0}, ' % RUN.encode()
    twice = manifest_for(document).replace(b'"files": [', extra)
    for manifest in (missing, twice):
        path = build_zip(tmp_path / "x.zip", {**document, "manifest.json": manifest})
        refuse(path, "does not list what the archive holds")


def test_a_content_that_is_not_what_the_manifest_says(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    entries = entries_of(honest)
    changed = entries[f"runs/{RUN}.json"].replace(b'"toy"', b'"two"')
    path = build_zip(tmp_path / "x.zip", {**entries, f"runs/{RUN}.json": changed})

    refuse(path, "is not what the manifest says")


def test_an_encrypted_entry(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    refuse(_patched(honest, tmp_path, flags=0x1), "is encrypted")


def test_a_compression_that_export_never_uses(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    entries = entries_of(honest)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_LZMA) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)

    refuse(tmp_path / "x.zip", "compressed in a way")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO])
def test_an_entry_that_is_no_file(refuse: Refuse, honest: Path, tmp_path: Path, kind: int) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, data in entries_of(honest).items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (kind | 0o777) << 16
            archive.writestr(info, data)

    refuse(tmp_path / "x.zip", "is a link or folder")


def test_more_entries_than_are_read(refuse: Refuse, tmp_path: Path) -> None:
    path = build_archive(tmp_path / "x.zip", {f"{number:08x}": b"{}" for number in range(30)})
    refuse(path, "promises 31 files, more than the 20 that are read", ArchiveLimits(entries=20))


def test_a_directory_that_lies_about_its_number_of_entries(refuse: Refuse, tmp_path: Path) -> None:
    path = build_archive(tmp_path / "x.zip", {f"{number:08x}": b"{}" for number in range(30)})
    content = bytearray(path.read_bytes())
    struct.pack_into("<HH", content, len(content) - 14, 2, 2)
    path.write_bytes(content)

    refuse(path, "holds 31 files, more than the 20", ArchiveLimits(entries=20))


def test_a_zip64_directory(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    content = honest.read_bytes()
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    (tmp_path / "x.zip").write_bytes(content[:-22] + locator + content[-22:])

    refuse(tmp_path / "x.zip", "parts that `planner export` never writes")


def test_a_comment_behind_the_directory(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.comment = b"PK\x05\x06" * 10
        for name, data in entries_of(honest).items():
            archive.writestr(name, data)

    refuse(tmp_path / "x.zip", "not an archive of runs|never writes")


def test_an_archive_larger_than_is_read(refuse: Refuse, honest: Path) -> None:
    refuse(honest, "more than the 100 that are read", ArchiveLimits(archive_bytes=100))


def test_an_entry_that_declares_more_than_is_read(refuse: Refuse, honest: Path) -> None:
    refuse(honest, "unpacks to .* bytes, more than the 1000 that are read", ArchiveLimits(entry_bytes=1_000))


def test_entries_that_together_declare_more_than_is_read(refuse: Refuse, honest: Path) -> None:
    refuse(honest, "the archive unpacks to .* more than the 1000", ArchiveLimits(total_bytes=1_000))


def test_a_zip_bomb(refuse: Refuse, tmp_path: Path) -> None:
    path = build_archive(tmp_path / "x.zip", {RUN: b"[" + b" " * 50_000_000 + b"]"})
    assert path.stat().st_size < 100_000

    refuse(path, "unpacks to over 700 times its size")


def test_a_zip_bomb_that_declares_to_be_small(refuse: Refuse, tmp_path: Path) -> None:
    path = build_archive(tmp_path / "x.zip", {RUN: b"[" + b" " * 50_000_000 + b"]"})
    refuse(_patched(path, tmp_path, size=1_000), "is damaged|is not what the manifest says")


def test_an_entry_that_declares_more_than_it_holds(refuse: Refuse, honest: Path, tmp_path: Path) -> None:
    refuse(_patched(honest, tmp_path, size=1_000_000), "is damaged|is not what the manifest says")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (b"", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"[]", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b'{"format_version": "1"}', "cannot be read"),
        (b'{"format_version": 1}', "cannot be read"),
        (b'{"format_version": 1, "planner_version": "x", "files": [{}]}', "cannot be read"),
        (b'{"format_version": 2, "anything": "else"}', "newer planner .format 2, this one reads 1.: update planner"),
        (b'{"format_version": 0, "planner_version": "x", "files": []}', "format 0, which never was"),
        (b'{"format_version": -1, "planner_version": "x", "files": []}', "format -1, which never was"),
        (b'{"format_version": 1e999, "planner_version": "x", "files": []}', "cannot be read"),
    ],
)
def test_a_manifest_that_makes_no_sense(refuse: Refuse, tmp_path: Path, manifest: bytes, message: str) -> None:
    refuse(build_zip(tmp_path / "x.zip", {"manifest.json": manifest}), message, ArchiveLimits(ratio=10**6))


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b"{}",
        b"[]",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"\xff\xff",
        b'{"run": {}, "rounds": []}',
        b'{"run": NaN, "rounds": []}',
    ],
)
def test_a_document_that_is_none(refuse: Refuse, tmp_path: Path, document: bytes) -> None:
    refuse(
        build_archive(tmp_path / "x.zip", {RUN: document}),
        "makes no sense|nested too deeply",
        ArchiveLimits(ratio=10**6),
    )


def _set(path: str, value: object) -> Callable[[Any], None]:
    """A change that replaces what lies at a path such as `run/plan/arms/0/threads`."""

    def change(document: Any) -> None:  # noqa: ANN401 - JSON
        *parents, last = (int(part) if part.isdigit() else part for part in path.split("/"))
        for part in parents:
            document = document[part]
        document[last] = value

    return change


def _nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


LIES = {
    "another run's identifier": _set("run/run_id", "abcdef02"),
    "a number for text": _set("run/plan/workload", 7),
    "text for a number": _set("rounds/0/wall_s", "1"),
    "an unknown state": _set("run/state", "asleep"),
    "an unknown verdict": _set("run/verdicts/0/speed", "warp"),
    "a plan without arms": _set("run/plan/arms", []),
    "no threads": _set("run/plan/arms/0/threads", 0),
    "a recipe that contradicts itself": _set("run/plan/arms/0/recipe/granularity", "per-tensor"),
    "a moment without a zone": _set("run/started_at", "2026-01-02T03:04:05"),
    "a moment beyond time": _set("run/started_at", "9999-12-31T23:59:59-23:00"),
    "a moment elsewhere": _set("run/started_at", "2026-01-02T03:04:05+02:00"),
    "no moment": _set("run/started_at", "yesterday"),
    "a negative time": _set("rounds/0/wall_s", -1.0),
    "a time longer than life": _set("rounds/0/wall_s", 1e300),
    "an integer that no column holds": _set("run/arms/0/memory/0/peak_bytes", 2**64),
    "a huge integer": _set("run/plan/seed", 10**400),
    "a negative batch": _set("rounds/0/batch", -8),
    "a negative number of calls": _set("run/measurements/0/calls", -1),
    "an accuracy above one": _set("run/arms/0/quality/accuracy", 1.5),
    "a negative latency": _set("rounds/0/turns/0/latencies_ns", "AAAAAAAAAIA="),
    "half a latency": _set("rounds/0/turns/0/latencies_ns", "AAAA"),
    "samples that are no base64": _set("rounds/0/turns/0/latencies_ns", "%%%"),
    "predictions of another length": _set("run/arms/0/prediction/samples", 10**6),
    "recalls of another number than classes": _set("run/arms/0/quality/recall", [1.0]),
    "an arm that the plan lacks": _set("run/arms/0/name", "nothing/fp32"),
    "an arm that comes twice": _set("run/arms/1/name", "fake/fp32"),
    "a candidate that the plan lacks": _set("run/verdicts/0/candidate", "nothing/fp32"),
    "a trial that the plan lacks": _set("run/measurements/0/batch", 64),
    "no arms": _set("run/arms", []),
    "a round that comes twice": _set("rounds/1/index", 0),
    "text with a zero in it": _set("run/failures/0/message", "a\0b"),
    "text that is no Unicode": _set("run/failures/0/message", "\ud800"),
    "a provenance nested without end": _set("run/arms/0/artifact/provenance", {"a": _nested(60)}),
    "a zero in a name of the provenance": _set("run/arms/0/artifact/provenance", {"a\0": 1}),
    "a number in the provenance that no column holds": _set("run/arms/0/artifact/provenance", {"a": 10**30}),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_document_that_says_what_cannot_be(
    refuse: Refuse, honest: Path, tmp_path: Path, lie: Callable[[Any], object]
) -> None:
    document = edited(entries_of(honest)[f"runs/{RUN}.json"], lie)
    refuse(build_archive(tmp_path / "x.zip", {RUN: document}), r"nothing was imported|not imported")


def test_the_honest_archive_is_accepted(honest: Path, other: Store, tmp_path: Path) -> None:
    document = edited(entries_of(honest)[f"runs/{RUN}.json"], lambda _: None)
    path = build_archive(tmp_path / "x.zip", {RUN: document})

    assert import_runs(other, path).imported == (RUN,)
    assert import_runs(other, honest).already_present == (RUN,)


def _patched(archive: Path, folder: Path, *, flags: int | None = None, size: int | None = None) -> Path:
    """The archive with the headers of its first entry changed, here and in the directory."""
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        directory = opened.start_dir
    for flags_at, size_at in ((6, 22), (directory + 8, directory + 24)):
        if flags is not None:
            struct.pack_into("<H", content, flags_at, flags)
        if size is not None:
            struct.pack_into("<L", content, size_at, size)
    path = folder / "patched.zip"
    path.write_bytes(content)
    return path
