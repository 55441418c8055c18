"""Exact limits of a share against scipy, and the sizes that they need."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.verdict.exact import lower_share_limit, samples_to_prove_share, upper_share_limit


@settings(deadline=None, max_examples=80)
@given(samples=st.integers(1, 5_000), part=st.floats(0.0, 1.0), confidence=st.sampled_from([0.9, 0.975, 0.9975]))
def test_limits_are_those_of_clopper_and_pearson(samples: int, part: float, confidence: float) -> None:
    hits = round(part * samples)

    expected = stats.binomtest(hits, samples).proportion_ci(2 * confidence - 1, method="exact")

    assert lower_share_limit(hits, samples, confidence=confidence) == pytest.approx(float(expected.low), abs=1e-9)
    assert upper_share_limit(hits, samples, confidence=confidence) == pytest.approx(float(expected.high), abs=1e-9)


def test_without_samples_anything_is_possible() -> None:
    assert (lower_share_limit(0, 0, confidence=0.95), upper_share_limit(0, 0, confidence=0.95)) == (0.0, 1.0)


@pytest.mark.parametrize("share", [0.93, 0.88])
def test_the_samples_asked_for_decide_at_the_share_seen(share: float) -> None:
    needed = samples_to_prove_share(share, floor=0.9, confidence=0.975)

    assert needed is not None
    hits = round(share * needed)
    lower = lower_share_limit(hits, needed, confidence=0.975)
    upper = upper_share_limit(hits, needed, confidence=0.975)
    assert lower > 0.9 or upper < 0.9


def test_a_share_on_the_floor_is_decided_by_no_number_of_samples() -> None:
    assert samples_to_prove_share(0.9, floor=0.9, confidence=0.95) is None
