"""Archives with random damage: refused as archives or imported whole, and never anything between."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from helpers.archives import build_archive, entries_of
from helpers.runs import create_full_run, create_run

from planner.errors import ArchiveError
from planner.store import Store
from planner.store.archive import export_runs, import_runs

RUNS = ("abcdef01", "abcdef02")
VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1, 2**31, 2**63, -(2**63), 10**40, 0.5, -0.0, 1e308, 5e-324),
    *("", "x", "\0", "é" * 50, "9999-12-31T23:59:59Z", "AAAA", "AAAAAAAAAAA=", "fp32", "fake/fp32", "abcdef01"),
    *([], {}, [[]], {"a": [None]}, [1, 2, 3]),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An honest archive of two runs: one that has just begun, and a full one whose document is changed."""
    path = tmp_path_factory.mktemp("fuzz") / "runs.zip"
    offered = iter(RUNS)
    with Store.open("sqlite://", new_id=lambda: next(offered)) as store:
        export_runs(store, [create_run(store), create_full_run(store, rounds=1)], path)
    return path.read_bytes()


def _flip(content: bytearray, source: random.Random) -> None:
    for _ in range(source.choice((1, 1, 1, 2, 8, 64))):
        content[source.randrange(len(content))] ^= 1 << source.randrange(8)


def _overwrite(content: bytearray, source: random.Random) -> None:
    start = source.randrange(len(content))
    length = source.randint(1, 40)
    content[start : start + length] = source.choice((bytes(length), b"\xff" * length, source.randbytes(length)))


def _cut(content: bytearray, source: random.Random) -> None:
    start = source.randrange(len(content))
    del content[start : start + source.randint(1, 200)]


def _repeat(content: bytearray, source: random.Random) -> None:
    start = source.randrange(len(content))
    content[start:start] = content[start : start + source.randint(1, 200)]


def _damage_the_directory(content: bytearray, source: random.Random) -> None:
    start = content.index(b"PK\x01\x02")
    content[source.randrange(start, len(content))] = source.randrange(256)


@pytest.mark.parametrize("damage", [_flip, _overwrite, _cut, _repeat, _damage_the_directory])
def test_a_damaged_archive_is_refused_or_imported_whole(
    archive: bytes, tmp_path: Path, damage: Callable[[bytearray, random.Random], None]
) -> None:
    source = random.Random(damage.__name__)
    refused = 0
    with Store.open("sqlite://") as store:
        for _ in range(200):
            content = bytearray(archive)
            damage(content, source)
            (tmp_path / "x.zip").write_bytes(content)
            refused += _is_refused(store, tmp_path / "x.zip")

    assert refused > 20


def test_an_honestly_packed_document_with_any_value_changed_is_refused_or_comes_back(
    archive: bytes, tmp_path: Path
) -> None:
    (tmp_path / "whole.zip").write_bytes(archive)
    documents = {run_id: entries_of(tmp_path / "whole.zip")[f"runs/{run_id}.json"] for run_id in RUNS}
    source = random.Random("values")
    refused = 0
    with Store.open("sqlite://") as store:
        for _ in range(400):
            changed = json.loads(documents[RUNS[1]])
            _change_somewhere(changed, source)
            path = build_archive(tmp_path / "x.zip", {**documents, RUNS[1]: json.dumps(changed).encode()})
            refused += _is_refused(store, path)

    assert refused > 200


def _is_refused(store: Store, path: Path) -> bool:
    """Whether the archive was refused; fails if it was imported in part or cannot be exported again."""
    try:
        imported = import_runs(store, path).imported
    except ArchiveError:
        assert store.runs() == ()
        return True
    assert sorted(imported) == sorted(one.run_id for one in store.runs()) == sorted(RUNS)
    export_runs(store, imported, path.with_name("again.zip"), overwrite=True)
    assert set(import_runs(store, path.with_name("again.zip")).already_present) == set(RUNS)
    for run_id in imported:
        store.delete(run_id)
    return False


def _change_somewhere(document: Any, source: random.Random) -> None:  # noqa: ANN401 - JSON
    """Replace, remove or repeat one value at a random depth."""
    holder, key = document, _any_of(document, source)
    while isinstance(holder[key], dict | list) and holder[key] and source.random() < 0.85:
        holder = holder[key]
        key = _any_of(holder, source)
    if isinstance(holder, list) and source.random() < 0.2:
        holder.append(holder[key])
    elif source.random() < 0.1:
        del holder[key]
    else:
        holder[key] = deepcopy(source.choice(VALUES))


def _any_of(holder: Any, source: random.Random) -> Any:  # noqa: ANN401 - JSON
    return source.choice(list(holder)) if isinstance(holder, dict) else source.randrange(len(holder))
