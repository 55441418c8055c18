"""The peaks that a check measured, collected as its rates come in, and how near a variant came to them.

The peaks are those of products and of a copy inside the device, so that they are what its software reaches, and no
data sheet: `planner show` sets the data sheet's beside them once the check is stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from harness.errors import HarnessError
from harness.gpu_check.findings import Row, RowState
from harness.verdict.roofline import limit_of, unknown_limit
from harness.vocabulary import (
    Arm,
    BandwidthReading,
    CacheSizes,
    KernelProof,
    Limit,
    LimitState,
    MachinePeaks,
    Measurement,
    ModelWork,
    Precision,
    RateReading,
)

INSIDE = "inside, read and written"
"""The copy whose rate is the bandwidth of the device's memory."""
RATE, SIDE, BANDWIDTH = "tera_operations_per_s", "side", "gigabytes_per_s"
_THREADS = 1


@dataclass(slots=True, kw_only=True)
class Peaks:
    """What the rates so far allow. `name` is the device's, `version` PyTorch's, `copied` bytes of one array."""

    name: str
    version: str
    caches: CacheSizes
    copied: int
    rates: dict[Precision, RateReading] = field(default_factory=dict)
    bandwidth: BandwidthReading | None = None

    def heard(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The same rows, whose rates are kept."""
        for row in rows:
            if row.state is RowState.MEASURED:
                self._keep(row)
            yield row

    def _keep(self, row: Row) -> None:
        if rate := row.figures.get(RATE):
            side = int(row.figures.get(SIDE) or 0)
            precision = Precision(row.subject)
            self.rates[precision] = RateReading(
                runtime="torch",
                version=self.version,
                precision=precision,
                probe=f"a product {side}×{side} by {side}×{side} in the check",
                operations=2 * side**3,
                calls=1,
                best=rate * 1e12,
                median=rate * 1e12,
            )
        elif row.subject == INSIDE and (speed := row.figures.get(BANDWIDTH)):
            self.bandwidth = BandwidthReading(
                kernel="copy",
                threads=_THREADS,
                counted="1 read and 1 write",
                pass_bytes=2 * self.copied,
                array_bytes=self.copied,
                passes=1,
                best=speed * 1e9,
                median=speed * 1e9,
            )

    def limit(self, arm: Arm, measurement: Measurement, work: ModelWork | str, proof: KernelProof) -> Limit:
        """What the variant reached of the least time of a call, or why that is not known.

        Args:
            arm: the variant.
            measurement: its times.
            work: what a call has to do, or why that could not be counted.
            proof: the kernels that ran.
        """
        if isinstance(work, str):
            return unknown_limit(arm.name, measurement.batch, arm.threads, reason=work)
        try:
            return limit_of(arm, measurement, work=work, peaks=self._peaks(), proof=proof)
        except HarnessError as error:
            return unknown_limit(arm.name, measurement.batch, arm.threads, reason=str(error))

    def _peaks(self) -> MachinePeaks:
        return MachinePeaks(
            host_id="",
            cpu=self.name,
            threads=_THREADS,
            cpus=(),
            versions={"torch": self.version},
            measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
            took_s=0.0,
            caches=self.caches,
            rates=tuple(self.rates.values()),
            bandwidths=() if self.bandwidth is None else (self.bandwidth,),
            foreign_cpu_share=None,
        )


def told(limit: Limit) -> tuple[dict[str, float | None], dict[str, str]]:
    """Figures and notes of a row: the least time, what was reached of it; and what is wrong, or not known."""
    if limit.state is LimitState.UNKNOWN:
        return {}, {"limit": f"not known: {limit.reason}"}
    figures: dict[str, float | None] = {
        "reached_tera_operations_per_s": None if limit.rate is None else limit.rate / 1e12,
        "limit_ms": None if limit.limit_s is None else limit.limit_s * 1e3,
        "share_of_limit": limit.share,
    }
    by = f"by {limit.bound}" if limit.bound else ""
    sign = "BEATS THE LIMIT: " if limit.state is LimitState.BEATS else ""
    reason = f", {sign}{limit.reason}" if limit.reason else ""
    return figures, {"limit": f"{by}{f' in {limit.precision}' if limit.precision else ''}{reason}"}
