"""Reads what people type: lists, durations, rates."""

import math
import re

from harness.errors import UsageError

_LARGEST = 65536
_DIGITS = len(str(_LARGEST))
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(us|ms|[smhd])?")


def duration_s(text: str, *, option: str) -> float:
    """Seconds of `20ms`, `45s`, `2m`, `1.5h` or `30d`; a bare number is seconds.

    Raises:
        UsageError: it is none of these.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{option} {text!r} is no time: write for example 45s, 2m or 1h")
    return float(match[1]) * _UNITS[match[2] or "s"]


def numbers(text: str, *, option: str) -> tuple[int, ...]:
    """Whole numbers of a comma-separated list.

    Raises:
        UsageError: a part is not a positive whole number.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and len(part) <= _DIGITS and 0 < int(part) <= _LARGEST for part in parts):
        raise UsageError(f"{option} {text!r}: positive whole numbers are needed, for example 1,8")
    return tuple(int(part) for part in parts)


def per_second(text: str) -> str:
    """A rate of requests; a bare number is a second's, as `--qps` says."""
    return f"{text} requests/s" if text[-1:].isdigit() else text


def share(text: str, *, option: str) -> float:
    """A share such as `0.01`.

    Raises:
        UsageError: it is no number from 0 to 1.
    """
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0.0 <= found <= 1.0:  # true of nan, too
        raise UsageError(f"{option} {text!r}: a share from 0 to 1 is needed, for example 0.01 for 1 %")
    return found


def names(text: str | None) -> tuple[str, ...] | None:
    """Names of a comma-separated list; `None` stays `None`."""
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text else None
