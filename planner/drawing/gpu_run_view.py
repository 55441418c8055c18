"""The GPUs of a run: a line for each card where a run ends, and everything that was seen of them for `show`."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from harness.vocabulary import EnergyRatio, GpuSummary, RatioInterval
from planner.services.run_document import RunDocument
from planner.wording import quantities
from planner.wording.text import plain

_DEEP = (0, 0, 0, 4)


def gpus_in_brief(document: RunDocument) -> Iterator[RenderableType]:
    """A line for each card: what it drew, how it was clocked and held down, and what watching it cost."""
    seen = [one.gpu.seen for one in document.arms if one.gpu is not None and one.gpu.seen is not None]
    for uuid in dict.fromkeys(one.uuid for one in seen):
        yield Text(plain(_brief([one for one in seen if one.uuid == uuid])))
    for reason in dict.fromkeys(one.gpu.unseen_reason for one in document.arms if one.gpu is not None):
        if reason is not None:
            yield Text(plain(f"the GPU was not watched: {reason}"))


def gpus_in_full(document: RunDocument) -> Iterator[RenderableType]:
    """Every figure of every arm's card; nothing where no arm ran on one."""
    if all(one.gpu is None for one in document.arms):
        return
    yield Text("GPUs, as they were beside each variant's blocks", style="italic")
    for arm in document.arms:
        if arm.gpu is None:
            continue
        seen = arm.gpu.seen
        name = (
            f"{seen.name} ({seen.uuid})" if seen else f"not watched: {arm.gpu.unseen_reason or 'no figures are kept'}"
        )
        yield Padding(Text(plain(f"{arm.name}: {name}")), (0, 0, 0, 2))
        for line in _lines(seen) if seen else ():
            yield Padding(Text(plain(line)), _DEEP)


def energy_ratio_told(ratio: EnergyRatio) -> str:
    """How many times less energy the candidate takes, with and without the idle card, or why that is not known."""
    figures = [f"{_interval(one)} {what}" for one, what in ((ratio.net, "net"), (ratio.gross, "gross")) if one]
    parts = [f"takes {'; '.join(figures)} than {ratio.baseline}"] if figures else []
    if ratio.reason:
        parts.append(f"no net ratio: {ratio.reason}" if ratio.gross else f"no ratio: {ratio.reason}")
    return "; ".join(parts)


def _brief(seen: Sequence[GpuSummary]) -> str:
    blocks, throttled, capped = (
        sum(getattr(one, name) for one in seen) for name in ("blocks", "throttled_blocks", "capped_blocks")
    )
    heat = [one.most_temperature_c for one in seen if one.most_temperature_c is not None]
    parts = [
        *_range([one.power_w for one in seen], "W"),
        *_range([one.sm_clock_hz for one in seen], "MHz", scale=1e6),
        *([f"{max(heat)} °C at most"] if heat else []),
        f"{throttled:,} of {blocks:,} blocks throttled, {capped:,} at the software power cap",
        f"watching took {quantities.share(seen[0].cost.share)} of a core",
    ]
    return f"{seen[0].name}: {', '.join(parts)}"


def _lines(seen: GpuSummary) -> Iterator[str]:
    state = [
        *_range([seen.power_w], "W"),
        *_clocks(seen),
        *_heat(seen),
        *(
            []
            if seen.utilisation is None
            else [f"a kernel ran {quantities.share(seen.utilisation, digits=0)} of the time"]
        ),
    ]
    if state:
        yield ", ".join(state)
    limits = f" ({', '.join(seen.limits)})" if seen.limits else ""
    yield (
        f"{seen.blocks:,} blocks: {seen.throttled_blocks:,} throttled, {seen.capped_blocks:,} at the software power "
        f"cap{limits}"
    )
    if seen.held_s:
        held = ", ".join(f"{limit} {seconds:.3g} s" for limit, seconds in seen.held_s)
        yield f"held down in the whole run, by the driver's counters: {held}"
    own = f"unknown ({seen.peak_reason})" if seen.peak_bytes is None else quantities.size(seen.peak_bytes)
    yield f"device memory at most: its process {own}, the whole card {quantities.size(seen.card_peak_bytes)}"
    yield f"energy by {seen.energy_source}"
    for name, reason in seen.missing:
        yield f"not told: {name.removesuffix('_s').replace('_', ' ')}: {reason}"
    cost = seen.cost
    yield (
        f"watching: {cost.samples:,} looks, {quantities.duration(cost.mean_s)} of CPU time each, "
        f"{quantities.duration(cost.longest_s)} the longest; {quantities.share(cost.share)} of a core"
    )


def _clocks(seen: GpuSummary) -> Iterator[str]:
    if seen.sm_clock_hz is not None:
        least = f" (least {seen.least_sm_clock_hz / 1e6:,.0f})" if seen.least_sm_clock_hz is not None else ""
        yield f"{seen.sm_clock_hz / 1e6:,.0f} MHz{least}"
    if seen.memory_clock_hz is not None:
        yield f"memory {seen.memory_clock_hz / 1e6:,.0f} MHz"


def _heat(seen: GpuSummary) -> Iterator[str]:
    if seen.first_temperature_c is not None:
        yield f"{seen.first_temperature_c} °C first"
    if seen.most_temperature_c is not None:
        yield f"{seen.most_temperature_c} °C at most"


def _range(values: Iterable[float | None], unit: str, *, scale: float = 1.0) -> list[str]:
    """One text of known figures, `60 to 70 W`; none where none is known."""
    known = [f"{value / scale:,.0f}" for value in sorted(one for one in values if one is not None)]
    if not known:
        return []
    return [f"{known[0]} {unit}" if known[0] == known[-1] else f"{known[0]} to {known[-1]} {unit}"]


def _interval(one: RatioInterval) -> str:
    return f"{one.point:.3f}× less ({one.lower:.3f} to {one.upper:.3f})"
