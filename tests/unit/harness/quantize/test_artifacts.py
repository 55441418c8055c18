"""The cache of artifacts: found again when whole, made again when not, and never led out of its folder."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from helpers.unprivileged import as_nobody
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import ArtifactError, QuantizeError
from harness.quantize.artifacts import (
    PROVENANCE_FILE,
    ArtifactCache,
    ArtifactRequest,
    CachedArtifact,
    Provenance,
    digest_of,
)
from harness.workloads.places import cache_root

_CONTENT = b"weights"
_DIGEST = hashlib.sha256(_CONTENT).hexdigest()


def _request(**fields: Any) -> ArtifactRequest:  # noqa: ANN401 - an override has its field's type
    default: dict[str, Any] = {
        "model_digest": "ab" * 32,
        "recipe": "int8-static:per-channel",
        "left_out": (),
        "file": "model.onnx",
        "versions": {"onnxruntime": "1.32.0"},
        "calibration_digest": "cd" * 32,
        "calibration_samples": 128,
        "seed": 1,
    }
    return ArtifactRequest(**(default | fields))


def _provenance(request: ArtifactRequest, *, created_at: str = "2026-01-02T03:04:05+00:00") -> Provenance:
    return Provenance(
        request=request, workload="toy", notes={"format": "qdq"}, calibration_digests=("ef",), created_at=created_at
    )


def _admit(cache: ArtifactCache, request: ArtifactRequest, content: bytes = _CONTENT, **files: bytes) -> CachedArtifact:
    with cache.staging() as folder:
        (folder / request.file).write_bytes(content)
        for name, more in files.items():
            (folder / name).write_bytes(more)
        return cache.admit(folder, _provenance(request))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def cache(root: Path) -> ArtifactCache:
    return ArtifactCache(root)


def test_what_was_admitted_is_found_under_the_hash_of_its_content(cache: ArtifactCache) -> None:
    admitted = _admit(cache, _request())

    assert cache.find(_request()) == admitted
    assert admitted.reference.digest == _DIGEST
    assert Path(admitted.reference.path).read_bytes() == _CONTENT
    assert admitted.reference.size_bytes == len(_CONTENT)
    assert admitted.provenance == _provenance(_request())


@pytest.mark.parametrize(
    "fields",
    [
        {"model_digest": "00" * 32},
        {"recipe": "int8-static:per-tensor"},
        {"left_out": ("/a",)},
        {"versions": {"onnxruntime": "1.33.0"}},
        {"calibration_digest": "00" * 32},
        {"calibration_samples": 127},
        {"seed": 2},
        {"processor": "arm, int8 dot product"},
    ],
)
def test_another_request_is_not_answered_with_it(cache: ArtifactCache, fields: dict[str, Any]) -> None:
    _admit(cache, _request())

    assert cache.find(_request(**fields)) is None


@pytest.mark.parametrize("seeds", [(1, 1), (1, 2)])
def test_requests_that_come_to_the_same_bytes_share_them(
    cache: ArtifactCache, root: Path, seeds: tuple[int, int]
) -> None:
    references = {_admit(cache, _request(seed=seed)).reference for seed in seeds}

    found = {one.reference for seed in seeds if (one := cache.find(_request(seed=seed)))}

    assert found == references
    assert [folder.name for folder in (root / "artifacts").iterdir()] == [_DIGEST]


def test_an_artifact_of_several_files_is_named_by_all_of_them(cache: ArtifactCache) -> None:
    request = _request(file="model.xml")
    first = _admit(cache, request, **{"model.bin": b"1"})
    second = _admit(cache, request, **{"model.bin": b"2"})

    assert first.reference.digest != second.reference.digest
    assert second.reference.size_bytes == len(_CONTENT) + 1
    assert cache.find(request) == second


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.onnx", b"wEights"),
        ("model.onnx", b""),
        ("model.onnx", None),
        ("model.onnx.data", b"slipped in"),
        (PROVENANCE_FILE, None),
    ],
)
def test_a_damaged_artifact_is_as_good_as_none_and_a_new_one_takes_its_place(
    cache: ArtifactCache, file: str, content: bytes | None
) -> None:
    folder = Path(_admit(cache, _request()).reference.path).parent
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)

    damaged = cache.find(_request())
    _admit(cache, _request())

    assert damaged is None
    assert cache.find(_request()) is not None
    assert digest_of(folder) == _DIGEST


@pytest.mark.parametrize("file", ["../../../secret", "/etc/hostname", "..", "", ".", "absent", PROVENANCE_FILE, "a\0b"])
def test_a_provenance_that_names_a_file_elsewhere_is_not_followed(
    cache: ArtifactCache, tmp_path: Path, file: str
) -> None:
    (tmp_path / "secret").write_bytes(_CONTENT)
    path = Path(_admit(cache, _request()).reference.path).parent / PROVENANCE_FILE
    hostile = json.loads(path.read_bytes())
    hostile["request"]["file"] = file
    path.write_text(json.dumps(hostile))

    assert cache.find(_request()) is None
    assert cache.entries() == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=st.binary(max_size=60) | st.sampled_from([b"[" * 100_000, b'{"request":"\xff"}', b"null"]))
def test_any_bytes_in_the_place_of_provenance_or_pointer_are_as_good_as_none(
    cache: ArtifactCache, root: Path, content: bytes
) -> None:
    folder = Path(_admit(cache, _request()).reference.path).parent
    (folder / PROVENANCE_FILE).write_bytes(content)
    without_provenance = cache.find(_request()), cache.entries()
    _admit(cache, _request())
    (root / "requests" / f"{_request().key}.json").write_bytes(content)

    assert without_provenance == (None, ())
    assert cache.find(_request()) is None


@pytest.mark.parametrize("name", ["..", "", ".", "../../precious", _DIGEST[:-1], _DIGEST.upper(), f"{_DIGEST}/"])
def test_only_a_digest_is_a_place_in_the_cache(cache: ArtifactCache, root: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "precious").mkdir()
    _admit(cache, _request())
    (root / "requests" / f"{_request().key}.json").write_text(json.dumps(name))

    with pytest.raises(ArtifactError, match="no SHA-256"):
        cache.remove(name)

    assert cache.find(_request()) is None
    assert (tmp_path / "precious").exists()
    assert [entry.reference.digest for entry in cache.entries()] == [_DIGEST]


def test_what_was_removed_is_not_found_and_removing_twice_is_removing(cache: ArtifactCache) -> None:
    kept = _admit(cache, _request(seed=2), b"other weights")
    _admit(cache, _request())

    cache.remove(_DIGEST)
    cache.remove(_DIGEST)

    assert cache.find(_request()) is None
    assert cache.entries() == (kept,)


def test_entries_are_listed_newest_first_and_what_is_no_artifact_is_not(cache: ArtifactCache, root: Path) -> None:
    for year in (2024, 2026, 2025):
        with cache.staging() as folder:
            (folder / "model.onnx").write_text(str(year))
            cache.admit(folder, _provenance(_request(seed=year), created_at=f"{year}-01-01T00:00:00+00:00"))
    (root / "artifacts" / "README").write_text("not an artifact")
    (root / "artifacts" / ("0" * 64)).mkdir()

    assert [entry.provenance.request.seed for entry in cache.entries()] == [2026, 2025, 2024]


def test_staging_leaves_nothing_behind_whether_admitted_failed_or_forgotten(cache: ArtifactCache, root: Path) -> None:
    _admit(cache, _request())
    with pytest.raises(QuantizeError), cache.staging() as folder:
        _break_off(folder)
    with pytest.raises(ArtifactError, match=r"the quantizer left no model\.onnx"), cache.staging() as folder:
        cache.admit(folder, _provenance(_request()))
    assert list((root / "staging").iterdir()) == []


def _break_off(folder: Path) -> None:
    (folder / "half of it").write_bytes(b"weig")
    raise QuantizeError("broken off")


def test_a_cache_that_cannot_be_written_says_so_and_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = ArtifactCache(tmp_path / "file")

    with pytest.raises(ArtifactError, match=r"cannot be written.*PLANNER_CACHE"), cache.staging():
        pytest.fail("there is no place to stage in")
    assert (cache.find(_request()), cache.entries()) == (None, ())


def test_a_cache_of_another_user_cannot_be_written_and_finds_nothing(root: Path, cache: ArtifactCache) -> None:
    _admit(cache, _request())
    root.chmod(0o700)

    def use() -> str:
        assert cache.find(_request()) is None
        assert cache.entries() == ()
        with cache.staging():
            return "staged"

    assert as_nobody(use).startswith("ArtifactError: the artifact cache")


def test_the_cache_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("PLANNER_CACHE", raising=False)
    usual = cache_root()
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "named"))

    assert (usual, cache_root()) == (tmp_path / "planner", tmp_path / "named")
