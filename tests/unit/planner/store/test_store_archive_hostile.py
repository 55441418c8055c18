"""Archives that nobody should be able to hurt us with: each is refused and nothing is imported."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.archives import build_archive, build_zip, entries_of, manifest_for

from planner.store.container import ArchiveLimits

RUN = "abcdef01"


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
