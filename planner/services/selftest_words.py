"""The words of a self-test's certificate: names of its checks, its figures as text, where it was made."""

from collections.abc import Iterator

from harness.vocabulary.selftest import SelfCheck, SelfTest, SelfTestLine, Unit
from planner.wording import quantities

CHECK_NAMES = {
    SelfCheck.AA_VERDICTS: "false alarms",
    SelfCheck.AA_INTERVALS: "A/A intervals, two processes",
    SelfCheck.CONTROL_INTERVALS: "A/A intervals, one process",
    SelfCheck.AA_OFFSET: "A/A offset, two processes",
    SelfCheck.CONTROL_OFFSET: "A/A offset, one process",
    SelfCheck.POWER: "+3 % is found",
    SelfCheck.FIRST_LOOK_POWER: "+3 % at the first look",
    SelfCheck.SLOW_DOWN_FOUND: "+3 % is measured as",
    SelfCheck.RATIO_COVERAGE: "intervals hold +3 %",
    SelfCheck.P90_COVERAGE: "bounds of p90 hold",
    SelfCheck.P99_COVERAGE: "bounds of p99 hold",
    SelfCheck.MEMORY_PEAK: "memory peak",
    SelfCheck.CLOCK_STEP: "clock, smallest step",
    SelfCheck.CLOCK_READING: "clock, one reading",
    SelfCheck.ADDED_TO_P50: "added to p50",
    SelfCheck.QUERY_COST: "cost of a query",
    SelfCheck.WALL_OVER_TIMED: "wall over timed time",
    SelfCheck.PARENT_CPU: "supervisor's CPU time",
}


def certificate_conditions(certificate: SelfTest) -> Iterator[str]:
    """Where and how it was made: a sentence on the machine, and one on its load."""
    version = dict(certificate.versions).get(certificate.runtime, "")
    parts = [
        certificate.cpu,
        f"{certificate.runtime} {version}".strip(),
        f"{certificate.workload} fp32",
        f"{certificate.threads} thread{'s' * (certificate.threads > 1)}",
        f"a call {quantities.duration(certificate.call_s)}",
        f"blocks {quantities.duration(certificate.block_s)}",
        f"seed {certificate.seed}",
        f"planner {certificate.planner_version}",
    ]
    yield " · ".join(parts)
    load = certificate.load
    sigma = f", a pair spreads by {quantities.share(load.pair_sigma)}" if load.pair_sigma is not None else ""
    foreign = ""
    if load.foreign_cpu_share is not None:
        most = quantities.share(load.largest_foreign_cpu_share, digits=1)
        foreign = f", other programs used {quantities.share(load.foreign_cpu_share, digits=1)} ({most} at most)"
    yield f"{load.pairs:,} clean pairs in {certificate.wall_s:.0f} s{sigma}{foreign}"


def certificate_figure(line: SelfTestLine, value: float | None) -> str:
    """A figure or an end of its interval, in the unit of its line."""
    if value is None:
        return quantities.ABSENT
    match line.unit:
        case Unit.SHARE:
            return quantities.share(value, digits=1)
        case Unit.CHANGE:
            return f"{100 * value:+.2f} %".replace("-", "−")
        case Unit.SECONDS:
            return f"{1e9 * value:,.0f} ns".replace("-", "−")
        case Unit.RATIO:
            return f"{value:.2f}×"
        case _:
            return f"{value:.4f} CPU-s/s"
