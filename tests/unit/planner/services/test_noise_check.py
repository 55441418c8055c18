"""The noise of the moment, as far as it can be told without measuring."""

import fcntl
from pathlib import Path

import pytest

from harness.quantize.artifacts import ArtifactCache
from harness.vocabulary import NoiseClass
from planner.services.noise_check import advice_on, check_noise


def test_a_host_that_is_held_is_a_reason_and_no_error(tmp_path: Path) -> None:
    lock = tmp_path / "host.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        found = check_noise("onnxruntime", cache=ArtifactCache(tmp_path), logs=tmp_path, lock=lock)
    assert found.report is None
    assert "another run" in str(found.reason)


@pytest.mark.parametrize("noise", NoiseClass)
def test_every_class_of_noise_has_its_own_advice(noise: NoiseClass) -> None:
    others = {advice_on(other, foreign_share=0.0, limit=0.06) for other in NoiseClass if other is not noise}
    assert advice_on(noise, foreign_share=0.0, limit=0.06) not in others


@pytest.mark.parametrize("noise", NoiseClass)
def test_foreign_load_comes_first_whatever_the_class(noise: NoiseClass) -> None:
    assert "48 %" in advice_on(noise, foreign_share=0.48, limit=0.06)
