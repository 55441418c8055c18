"""What decides an artifact: whatever would make another one must ask for another one."""

from pathlib import Path

import pytest
from helpers.builders import make_arm
from helpers.fake_workload import write_fake_workload

from harness.quantize import make
from harness.quantize.artifacts import ArtifactRequest
from harness.supervisor.preparation import request_for
from harness.workloads.workload import open_workload


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_fake_workload(tmp_path, samples=30, calibration_samples=9)


def _request(folder: Path, variant: str = "int8-static:per-channel", *, seed: int = 1) -> ArtifactRequest:
    return request_for(make_arm(variant, runtime="onnxruntime"), open_workload(str(folder)), seed=seed)


def test_the_same_is_asked_for_twice_by_the_same_key(folder: Path) -> None:
    assert _request(folder).key == _request(folder).key


@pytest.mark.parametrize("variant", ["int8-static:per-tensor", "int8-static:per-channel,entropy"])
def test_another_recipe_or_seed_asks_for_another_artifact(folder: Path, variant: str) -> None:
    keys = {_request(folder).key, _request(folder, variant).key, _request(folder, seed=2).key}

    assert len(keys) == 3


def test_other_preprocessing_of_the_same_samples_calibrates_another_artifact(folder: Path) -> None:
    before = _request(folder)
    description = folder / "workload.toml"
    text = description.read_text(encoding="utf-8")

    description.write_text(text.replace("[preprocessing]", "[preprocessing]\nscale = 2.0"), encoding="utf-8")
    after = _request(folder)

    assert after.key != before.key
    assert after.model_digest == before.model_digest


def test_a_quantizer_of_ours_that_has_changed_makes_its_artifacts_anew(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _request(folder)
    (tmp_path / "other.py").write_text("changed = True", encoding="utf-8")
    monkeypatch.setattr(make, "__file__", str(tmp_path / "make.py"))
    make.own_code_digest.cache_clear()

    after = _request(folder)
    make.own_code_digest.cache_clear()

    assert after.key != before.key
