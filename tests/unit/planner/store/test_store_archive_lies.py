"""Archives that are packed honestly and say what cannot be: each is refused and nothing is imported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.archives import build_archive, edited, entries_of

from planner.store import Store
from planner.store.archive import import_runs

RUN = "abcdef01"


Refuse = Callable[..., None]


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
    "outputs of a sample and a half": _set("run/arms/0/prediction/outputs", "AACAPwAAgD8AAIA/"),
    "outputs of more samples than there are": _set("run/arms/0/prediction/output_samples", 10**6),
    "outputs that are no base64": _set("run/arms/0/prediction/outputs", "%%%"),
    "a change below nothing": _set("run/arms/0/prediction/change", -1.0),
    "an agreement above one": _set("run/agreements/0/same_class", 1.5),
    "an agreement of an arm that the plan lacks": _set("run/agreements/0/candidate", "nothing/fp32"),
    "a request without an inference": _set("run/pipelines/0/inference_s", 0.0),
    "a request that takes less than nothing": _set("run/pipelines/0/copy_s", -1.0),
    "a request of an arm that the plan lacks": _set("run/pipelines/0/arm", "nothing/fp32"),
    "a request that comes twice": _set("run/pipelines/1/arm", "fake/fp32"),
    "a severity that is none": _set("run/calibration_findings/0/severity", "fatal"),
    "a finding that is no finding": _set("run/calibration_findings/0", 7),
    "a finding with a zero in it": _set("run/calibration_findings/0/sentence", "a\0b"),
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
