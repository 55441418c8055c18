"""Peak memory of a run by phase, over its launches."""

from dataclasses import dataclass
from statistics import median

from planner.store.records import ArmRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFigure:
    """Peak memory of one phase: the median over launches, with how far they spread."""

    phase: str
    launches: int
    peak_bytes: int | None
    least_bytes: int | None
    most_bytes: int | None
    reason: str | None


def memory_figures(record: ArmRecord) -> tuple[MemoryFigure, ...]:
    """Of every phase that was watched, in the order of the first launch."""
    phases = dict.fromkeys(reading.phase for reading in record.memory)
    figures = []
    for phase in phases:
        readings = [reading for reading in record.memory if reading.phase == phase]
        peaks = [reading.peak_bytes for reading in readings if reading.peak_bytes is not None]
        figures.append(
            MemoryFigure(
                phase=phase,
                launches=len(peaks),
                peak_bytes=round(median(peaks)) if peaks else None,
                least_bytes=min(peaks, default=None),
                most_bytes=max(peaks, default=None),
                reason=None if peaks else readings[0].reason,
            ),
        )
    return tuple(figures)
