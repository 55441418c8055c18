"""What was seen of an arm's GPU, as a run keeps it: JSON under names of its own among the arm's settings.

A run that another planner wrote may lack any of it, or hold what cannot be read: then there are no figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from harness.vocabulary import EnergyRatio, GpuSummary

SEEN, UNSEEN, RATIO = "gpu_watched", "gpu_unwatched", "gpu_energy_ratio"
_NAMES = frozenset({SEEN, UNSEEN, RATIO})
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuFigures:
    """An arm's GPU over a run, or why nothing was seen of it; `energy_ratio`: how much less energy it takes.

    Powers are watts, clocks hertz, temperatures degrees Celsius, sizes bytes, times seconds, utilisation a share.
    """

    seen: GpuSummary | None
    unseen_reason: str | None
    energy_ratio: EnergyRatio | None


def kept_summary(summary: GpuSummary) -> dict[str, str]:
    """What the watch saw, for the settings of its arm."""
    return {SEEN: msgspec.json.encode(summary).decode()}


def kept_absence(reason: str) -> dict[str, str]:
    """Why nothing was seen."""
    return {UNSEEN: reason}


def kept_ratio(ratio: EnergyRatio) -> dict[str, str]:
    """How much less energy a candidate takes, for the settings of the candidate."""
    return {RATIO: msgspec.json.encode(ratio).decode()}


def gpu_figures(settings: Mapping[str, str]) -> GpuFigures | None:
    """What the settings of an arm hold of its GPU; None for an arm that ran elsewhere."""
    if _NAMES.isdisjoint(settings):
        return None
    return GpuFigures(
        seen=_read(settings, SEEN, GpuSummary),
        unseen_reason=settings.get(UNSEEN),
        energy_ratio=_read(settings, RATIO, EnergyRatio),
    )


def other_settings(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings without what is a GPU's."""
    return {name: value for name, value in settings.items() if name not in _NAMES}


def _read(settings: Mapping[str, str], name: str, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(settings.get(name, ""), type=kind)
    except (msgspec.MsgspecError, RecursionError):
        return None
