"""Energy of the CPU by RAPL, as Linux shows it under powercap (Intel, and AMD by the same name).

Counters only: where they are missing, or root alone may read them, the answer says so and
nothing is estimated. The arithmetic from joules to joules per inference serves any meter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import MeasurementError
from harness.meters.absence import Unavailable, text_or_none
from harness.vocabulary import EnergyReading

ROOT = Path("/")
MINIMUM_WINDOW_S = 5.0  # a counter that steps every 100 ms is then off by 2 % at most


@dataclass(frozen=True, slots=True, kw_only=True)
class RaplZone:
    """A counter of microjoules that starts again at 0 after `range_uj`."""

    name: str
    counter: Path
    range_uj: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RaplMeter:
    """The packages of this machine and their memory, where the hardware counts it apart."""

    zones: tuple[RaplZone, ...]

    @property
    def source(self) -> str:
        """What the joules are made of, for the reader of a result."""
        return f"RAPL: {', '.join(zone.name for zone in self.zones)}"

    def read(self) -> dict[str, int]:
        """Microjoules by zone, from an arbitrary start.

        Raises:
            MeasurementError: A counter cannot be read, or not any more.
        """
        try:
            return {zone.name: int(zone.counter.read_text(encoding="ascii")) for zone in self.zones}
        except (OSError, ValueError) as error:
            raise MeasurementError(f"RAPL: an energy counter cannot be read ({_cause(error)})") from error

    def joules_between(self, before: Mapping[str, int], after: Mapping[str, int]) -> float:
        """Joules of all zones between two readings, each counter wrapping at most once.

        Ranges are 65 to 262 kJ: at 300 W that is a window of three minutes or longer.

        Raises:
            MeasurementError: The readings are not of this meter's zones.
        """
        names = {zone.name for zone in self.zones}
        if set(before) != names or set(after) != names:
            raise MeasurementError("RAPL: the two readings are not of the same zones: read both with one meter")
        added = 0
        for zone in self.zones:
            step = after[zone.name] - before[zone.name]
            added += step if step >= 0 else step + zone.range_uj
        return added / 1e6


def probe_rapl(*, root: Path = ROOT) -> RaplMeter | Unavailable:
    """The meter of this machine, or why there is none. Never raises."""
    folders = sorted((root / "sys/class/powercap").glob("intel-rapl:*"))
    zones = [zone for folder in folders if (zone := _zone(folder)) is not None]
    if not zones:
        return Unavailable(reason="RAPL: this machine shows no energy counter (usual in virtual machines)")
    meter = RaplMeter(zones=tuple(zones))
    try:
        meter.read()
    except MeasurementError as error:
        if isinstance(error.__cause__, PermissionError):
            return Unavailable(reason="RAPL: only root may read the energy counters here")
        return Unavailable(reason=str(error))
    return meter


def no_energy(absence: Unavailable) -> EnergyReading:
    """The reading of a meter that is not here."""
    return EnergyReading(source=None, gross_j=None, net_j=None, reason=absence.reason)


def energy_reading(
    source: str,
    *,
    active_j: float,
    active_s: float,
    idle_before_w: float | None,
    idle_after_w: float | None,
    inferences: int,
) -> EnergyReading:
    """Joules per inference over one window of work.

    Gross is active_j / inferences. Net first takes off what the idle machine would have drawn in
    the same time, at the mean of its power before and after.

    Args:
        source: The meter, as it names itself.
        active_j: Joules over the window.
        active_s: Length of the window in seconds; below 5 s there is no reading.
        idle_before_w: Mean power of the idle machine before the window, in watts.
        idle_after_w: The same after it.
        inferences: How many inputs were answered within the window.
    """
    if active_s < MINIMUM_WINDOW_S:
        reason = f"{source}: a window of {active_s:.1f} s is too short, {MINIMUM_WINDOW_S:.0f} s are needed"
        return no_energy(Unavailable(reason=reason))
    if inferences < 1:
        return no_energy(Unavailable(reason=f"{source}: no inference finished within the window"))
    gross_j = active_j / inferences
    if idle_before_w is None or idle_after_w is None:
        reason = f"{source}: idle power was not read before and after, so there is no net figure"
        return EnergyReading(source=source, gross_j=gross_j, net_j=None, reason=reason)
    idle_j = (idle_before_w + idle_after_w) / 2 * active_s
    if idle_j > active_j:
        reason = f"{source}: the idle machine drew more than the working one, so there is no net figure"
        return EnergyReading(source=source, gross_j=gross_j, net_j=None, reason=reason)
    return EnergyReading(source=source, gross_j=gross_j, net_j=(active_j - idle_j) / inferences, reason=None)


def _cause(error: OSError | ValueError) -> str | None:
    return error.strerror if isinstance(error, OSError) else "it holds no number"


def _zone(folder: Path) -> RaplZone | None:
    """A package, or the memory of one. Cores lie within a package, psys around it: not added twice."""
    name = (text_or_none(folder / "name") or "").strip()
    span = (text_or_none(folder / "max_energy_range_uj") or "").strip()
    if not span.isdecimal():
        return None
    if name == "dram":
        parent = folder.parent / folder.name.rpartition(":")[0]
        name = f"{(text_or_none(parent / 'name') or parent.name).strip()}/dram"
    elif not name.startswith("package"):
        return None
    return RaplZone(name=name, counter=folder / "energy_uj", range_uj=int(span))
