"""What the machine did in the last round: CPU and every GPU that is measured on, each figure or why there is none."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from harness.vocabulary import GpuReading, HostReading
from planner.wording import quantities
from planner.wording.text import plain

_MUCH = 0.06  # of foreign load: what a round is set aside for by default
_UNTOLD = "unavailable (not told here)"


def strip_of(host: HostReading | None, absent: tuple[str, ...]) -> RenderableType:
    """Lines of facts. `absent`: what this machine has not, in sentences, for as long as nothing else is known."""
    if host is None:
        lines = [Text(plain(one), style="dim", no_wrap=True, overflow="ellipsis") for one in absent]
        return Group(*lines)
    lines = [_cpu(host), *(_gpu(one) for one in host.gpus)]
    if not host.gpus:
        lines += [Text(plain(one), style="dim", no_wrap=True, overflow="ellipsis") for one in absent]
    return Group(*lines)


def _cpu(host: HostReading) -> Text:
    line = Text("CPU    ", style="bold", no_wrap=True, overflow="ellipsis")
    parts = [
        _shared("load of others", host.foreign_cpu_share),
        _shared("steal", host.steal_share),
        _shared("pressure", host.pressure_share),
        f"clock {_UNTOLD}" if host.frequency_hz is None else f"{host.frequency_hz / 1e9:.2f} GHz",
    ]
    is_loaded = host.foreign_cpu_share is not None and host.foreign_cpu_share > _MUCH
    line.append("~ " if is_loaded else "", style="yellow")
    return line.append(" · ".join(parts), style="yellow" if is_loaded else "default not bold")


def _shared(name: str, value: float | None) -> str:
    return f"{name} unavailable" if value is None else f"{name} {100 * value:.1f} %"


def _gpu(one: GpuReading) -> Text:
    line = Text(f"{plain(one.gpu):<7}", style="bold", no_wrap=True, overflow="ellipsis")
    is_throttled = one.is_throttled
    line.append("! " if is_throttled else "", style="red")
    return line.append(" · ".join(map(plain, _figures(one))), style="red" if is_throttled else "default not bold")


def _figures(one: GpuReading) -> Iterator[str]:
    missing = dict(one.missing)
    yield _figure("power", one.power_w, "{:.0f} W", missing.get("power_w"))
    yield _figure("clock", _scaled(one.sm_clock_hz), "{:,.0f} MHz", missing.get("sm_clock_hz"))
    yield _figure("temperature", one.last_temperature_c, "{:.0f} °C", missing.get("temperature_c"))
    peak = None if one.peak_bytes is None else quantities.size(one.peak_bytes)
    yield peak or f"memory unavailable ({missing.get('used_bytes', 'nothing was seen')})"
    if one.utilisation is not None:
        yield f"{100 * one.utilisation:.0f} % busy"
    if one.is_throttled:
        yield "held down: " + ", ".join(str(limit) for limit, _ in one.limits)
    elif one.is_power_capped:
        yield "at its power limit"


def _scaled(hertz: float | None) -> float | None:
    return None if hertz is None else hertz / 1e6


def _figure(name: str, value: float | None, form: str, reason: str | None) -> str:
    return f"{name} unavailable ({reason or 'nothing was seen'})" if value is None else form.format(value)
