"""This host's peaks: measured once for each number of threads, kept in the cache, measured anew when asked to.

A file is believed only where it is whole, sane, and of this host, processor, thread count and these versions;
anything else is as good as none. It is written in one step.
"""

import contextlib
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from harness.environment import Environment
from harness.errors import ArtifactError, HarnessError
from harness.supervisor.peaks import DEFAULT_SECONDS, PeakProbes, Watcher, versions_that_matter
from harness.vocabulary import MachinePeaks

SCHEMA = "planner.peaks/1"
_FOLDER = "peaks"
_LARGEST_FILE = 2**20
_DIGITS = 16
_AHEAD = timedelta(days=1)  # a clock may be set back a little, but nothing was measured next year


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """What stands in a file of the cache."""

    schema: str
    peaks: MachinePeaks


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakCache:
    """The peaks of hosts that share a cache folder: a file for each host, processor, thread count and versions."""

    root: Path
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def find(self, environment: Environment, threads: int) -> MachinePeaks | None:
        """The peaks of the host that this environment is of; `None` where none are kept that can be believed."""
        path = self.place(environment, threads)
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST_FILE:
                return None
            found = msgspec.json.decode(path.read_bytes(), type=_File)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, HarnessError):
            return None
        is_ours = found.schema == SCHEMA and _identity(found.peaks) == _asked(environment, threads)
        return found.peaks if is_ours and self._is_sane(found.peaks) else None

    def keep(self, peaks: MachinePeaks, environment: Environment) -> Path:
        """Write them, in place of what was there.

        Raises:
            ArtifactError: they cannot be written.
        """
        path = self.place(environment, peaks.threads)
        content = msgspec.json.format(msgspec.json.encode(_File(schema=SCHEMA, peaks=peaks)), indent=2)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
                temporary = Path(stream.name)
                try:
                    stream.write(content)
                    stream.flush()
                    temporary.replace(path)
                except OSError:
                    with contextlib.suppress(OSError):
                        temporary.unlink()
                    raise
        except OSError as error:
            raise ArtifactError(
                f"the peaks of this machine cannot be kept in {path}: {error.strerror or error}; set PLANNER_CACHE to "
                "another folder"
            ) from error
        return path

    def place(self, environment: Environment, threads: int) -> Path:
        """The file: named by what its peaks depend on, and by host and threads for people."""
        key = msgspec.json.encode(_asked(environment, threads), order="deterministic")
        digest = hashlib.sha256(key).hexdigest()[:_DIGITS]
        return self.root / _FOLDER / f"{environment.host_id}-{threads}t-{digest}.json"

    def _is_sane(self, peaks: MachinePeaks) -> bool:
        try:
            moment = datetime.fromisoformat(peaks.measured_at)
        except ValueError:
            return False
        has_figures = any(one.best is not None for one in peaks.rates) and peaks.bandwidth(peaks.threads) is not None
        is_past = moment.tzinfo is not None and moment < self.now() + _AHEAD
        share = peaks.foreign_cpu_share
        return has_figures and is_past and (share is None or 0.0 <= share <= 1.0)


def measure_peaks(
    environment: Environment,
    *,
    threads: int,
    cache: PeakCache,
    logs: Path,
    watch: Watcher,
    seconds: float = DEFAULT_SECONDS,
) -> MachinePeaks:
    """Measure this host and keep what was found.

    Raises:
        MeasurementError: nothing could be measured.
        ArtifactError: the peaks cannot be kept.
    """
    probes = PeakProbes(
        threads=threads,
        environment=environment,
        logs=logs,
        watch=watch,
        now=lambda: cache.now().isoformat(timespec="seconds"),
        seconds=seconds,
    )
    peaks = probes.measure()
    cache.keep(peaks, environment)
    return peaks


def _asked(environment: Environment, threads: int) -> tuple[str, str, int, dict[str, str]]:
    return environment.host_id, environment.cpu.model, threads, versions_that_matter(environment)


def _identity(peaks: MachinePeaks) -> tuple[str, str, int, dict[str, str]]:
    return peaks.host_id, peaks.cpu, peaks.threads, peaks.versions
