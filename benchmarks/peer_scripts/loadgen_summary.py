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
    "completed_rate": r"^Completed samples per second\s*: ([\d.]+)",
    "scheduled_rate": r"^Scheduled samples per second\s*: ([\d.]+)",
}


def read(folder: str) -> dict[str, float]:
    """The figures that the summary holds, and whether LoadGen calls the result valid."""
    text = (Path(folder) / "mlperf_log_summary.txt").read_text()
    found = {name: re.search(pattern, text, re.MULTILINE) for name, pattern in _FIGURES.items()}
    figures = {name: float(match.group(1)) for name, match in found.items() if match}
    return {**figures, "is_valid": float("Result is : VALID" in text)}
