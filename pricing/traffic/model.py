"""What a file of traffic says: a typical day, its peak, how bursty it is, and what was left out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pricing.errors import AssumptionError
from pricing.vocabulary import Demand, Evidence, Provenance

HOURS = 24


class TrafficForm(StrEnum):
    """What a row is."""

    STAMPS = "one request a row"
    RATES = "a rate a row"
    COUNTS = "a count a row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Measured traffic, by whole hours.

    Attributes:
        name: Of the file.
        form: What a row is.
        rows: How many were read.
        first: The earliest moment; in UTC, or in whatever zone the stamps are in that name none.
        last: The latest.
        is_utc: Whether the stamps name their zone, so that hours are those of UTC.
        hours: Whole hours that count.
        hourly_per_s: The mean of each hour of the day over all days, in requests per second; None where none was seen.
            The mean and not the median: it adds up to the requests that came, which is what a year is reckoned from,
            and what is rare and high is in the peak.
        mean_per_s: Over the hours that count.
        busiest_hour_per_s: The highest of all hours.
        busiest_hour: When it began.
        busiest_minute_per_s: The highest of all minutes; None where rows are coarser.
        is_minute_by_chance: Whether the busiest minute is no higher than chance makes it at the busiest hour's rate.
        dispersion: Variance over mean of the requests a second, within hours: 1 where they come at random (Poisson),
            more where they come in bursts; None where seconds are not told apart.
        left_out: What does not count, and why.
        notes: What a reader must know.
    """

    name: str
    form: TrafficForm
    rows: int
    first: datetime
    last: datetime
    is_utc: bool
    hours: int
    hourly_per_s: tuple[float | None, ...]
    mean_per_s: float
    busiest_hour_per_s: float
    busiest_hour: datetime
    busiest_minute_per_s: float | None
    is_minute_by_chance: bool
    dispersion: float | None
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def days(self) -> float:
        """Whole hours that count, in days."""
        return self.hours / HOURS

    @property
    def peak_per_s(self) -> float:
        """What must be carried: the busiest minute where more than chance lifts it above the busiest hour."""
        minute = self.busiest_minute_per_s
        return self.busiest_hour_per_s if minute is None or self.is_minute_by_chance else minute

    def demand(self) -> Demand:
        """The typical day and its peak.

        Raises:
            AssumptionError: if an hour of the day was never seen whole.
        """
        hours = [rate for rate in self.hourly_per_s if rate is not None]
        if len(hours) != HOURS:
            missing = [f"{hour}" for hour, rate in enumerate(self.hourly_per_s) if rate is None]
            raise AssumptionError(
                f"{self.name} has no whole hour {', '.join(missing)} of the day: give traffic of one whole day or "
                "more, or state demand.peak and demand.profile"
            )
        which = "minute" if self.peak_per_s != self.busiest_hour_per_s else "hour"
        source = (
            f"{self.name}: {self.rows:,} rows, {self.form}, {self.days:.3g} days; mean of each hour of the day, peak "
            f"of the busiest {which}"
        )
        evidence = Evidence(kind=Provenance.MEASURED, source=source, as_of=self.last.date())
        return Demand(hourly_per_s=tuple(hours), peak_per_s=self.peak_per_s, evidence=evidence)
