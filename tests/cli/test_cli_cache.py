"""`planner cache`: what is there, and what is removed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.command_line import CommandLine, refuses
from helpers.engines import make_record, make_request

from harness.quantize.artifacts import ArtifactCache, ArtifactRequest, Provenance
from harness.runtimes.tensorrt.cache import EngineCache
from planner.services.artifact_cache import moment_before, prune


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactCache:
    """The cache of the command line, with one artifact of long ago and one of the far future."""
    cache = ArtifactCache(tmp_path / "cache")
    admit(cache, "int8-static:per-tensor", created_at="2020-01-02T03:04:05+00:00")
    admit(cache, "int8-static:per-channel", created_at="2999-01-02T03:04:05+00:00")
    return cache


def admit(cache: ArtifactCache, recipe: str, *, created_at: str) -> None:
    """Put an artifact in."""
    request = ArtifactRequest(
        model_digest="5e" * 32,
        recipe=recipe,
        left_out=(),
        file="model.onnx",
        versions={"onnxruntime": "1.32.0"},
        calibration_digest="5f" * 32,
        calibration_samples=512,
        seed=1,
    )
    made = Provenance(request=request, workload="toy", notes={}, calibration_digests=(), created_at=created_at)
    with cache.staging() as folder:
        (folder / "model.onnx").write_bytes(recipe.encode() * 100)
        cache.admit(folder, made)


@pytest.mark.usefixtures("artifacts")
def test_the_list_tells_what_each_artifact_is(planner: CommandLine) -> None:
    answer = planner("cache", "list", COLUMNS="80")
    for expected in ("int8-static:per-tensor", "int8-static:per-channel", "toy", "KiB", "onnxruntime 1.32.0"):
        assert expected in answer.stdout
    assert max(len(line) for line in answer.stdout.splitlines()) <= 80


def test_an_empty_cache_says_so(planner: CommandLine) -> None:
    answer = planner("cache", "list")
    assert answer.returncode == 0
    assert "holds no artifact" in answer.stdout


def test_only_what_is_older_than_asked_for_is_pruned(planner: CommandLine, artifacts: ArtifactCache) -> None:
    answer = planner("cache", "prune", "--older-than", "30d", "--json")
    document = json.loads(answer.stdout)
    assert [entry["variant"] for entry in document["removed"]] == ["int8-static:per-tensor"]
    assert document["freed_bytes"] == len("int8-static:per-tensor") * 100
    assert [one.provenance.request.recipe for one in artifacts.entries()] == ["int8-static:per-channel"]


def test_everything_is_pruned_when_asked_for(planner: CommandLine, artifacts: ArtifactCache) -> None:
    answer = planner("cache", "prune", "--all")
    assert "2 artifacts removed" in answer.stdout
    assert artifacts.entries() == ()


@pytest.mark.parametrize("options", [[], ["--all", "--older-than", "30d"]])
def test_pruning_without_saying_what_is_refused(
    planner: CommandLine, artifacts: ArtifactCache, options: list[str]
) -> None:
    assert "--older-than 30d" in refuses(planner("cache", "prune", *options))
    assert len(artifacts.entries()) == 2


def test_engines_and_timings_are_listed_with_their_target_and_pruned_like_the_rest(
    planner: CommandLine, tmp_path: Path
) -> None:
    cache = EngineCache(tmp_path / "cache")
    record = replace(make_record(), request=replace(make_request(), gpu="Tesla T4"))
    cache.admit(b"abc", record)
    cache.keep_timings(record.request, b"12345")
    (tmp_path / "cache" / "engines" / "damaged").mkdir()
    key = record.request.key

    screen = planner("cache", "list", COLUMNS="80").stdout
    assert prune(tmp_path / "cache", older_than=moment_before(3600.0)).removed_engines == ()
    pruned = json.loads(planner("cache", "prune", "--all", "--json").stdout)

    for expected in (key[:12], "int8, sm_80", "timed on Tesla T4", "timings, sm_80", "unreadable", "just now"):
        assert expected in screen
    assert max(len(line) for line in screen.splitlines()) <= 80 or str(tmp_path) in screen
    told = {(one["kind"], one["key"], one["target"]) for one in pruned["removed_engines"]}
    assert {("engine", key, "sm_80"), ("engine", "damaged", None)} < told
    assert {(kind, target) for kind, _, target in told} == {("engine", "sm_80"), ("engine", None), ("timings", "sm_80")}
    assert pruned["freed_bytes"] > len(b"abc") + len(b"12345")
    assert (cache.engines(), cache.timings()) == ((), ())


def test_a_time_that_is_none_is_refused(planner: CommandLine) -> None:
    assert "'soon' is no time" in refuses(planner("cache", "prune", "--older-than", "soon"))
