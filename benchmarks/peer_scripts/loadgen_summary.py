"""Reads what LoadGen writes at the end of a test."""

import re
from pathlib import Path

_FIGURES = {
    "p50_ns": r"^50\.00 percentile latency \(ns\)\s*: (\d+)",
    "p90_ns": r"^90\.00 percentile latency \(ns\)\s*: (\d+)",
    "p99_ns": r"^99\.00 percentile latency \(ns\)\s*: (\d+)",
    "mean_ns": r"^Mean latency \(ns\)\s*: (\d+)",
    "qps": r"^QPS w/ loadgen overhead\s*: ([\d.]+)",
    "early_p90_ns": r"Early stopping 90\.0th percentile estimate: (\d+)",
    "early_p99_ns": r"Early stopping 99\.0th percentile estimate: (\d+)",
    "peak_qps": r"Found peak performance field: ([\d.]+)",
}


def read(folder: str) -> dict[str, float]:
    """The figures that the summary and the log hold; those of other scenarios are left out."""
    text = "".join((Path(folder) / f"mlperf_log_{name}.txt").read_text() for name in ("summary", "detail"))
    found = {name: re.search(pattern, text, re.MULTILINE) for name, pattern in _FIGURES.items()}
    return {name: float(match.group(1)) for name, match in found.items() if match}
