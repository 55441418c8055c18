"""The worker's side of probing a machine: rates of arithmetic and bandwidth of memory, with their progress."""

from collections.abc import Iterator

from harness.events import Advanced, BandwidthProbed, Event, ProbeBandwidth, ProbeRates, RatesProbed
from harness.meters.affinity import pin_all_threads


def probe_rates_of(command: ProbeRates) -> Iterator[Event]:
    """One report a probe, and at last all readings."""
    from harness.runtimes.peaks import probe_rates, questions_of  # noqa: PLC0415 - a measuring process has no use for it

    total = questions_of(command.runtime)
    rates = []
    for reading in probe_rates(
        command.runtime,
        threads=command.threads,
        cpus=command.cpus,
        seconds=command.seconds,
        channels=command.channels,
    ):
        rates.append(reading)
        yield Advanced(done=len(rates), total=total)
    yield RatesProbed(rates=tuple(rates))


def probe_bandwidth_of(command: ProbeBandwidth) -> Iterator[Event]:
    """One report a kernel, and at last all readings."""
    from harness.meters.bandwidth import KERNELS, measure_bandwidth  # noqa: PLC0415 - as above

    if command.cpus:
        pin_all_threads(command.cpus)
    bandwidths = []
    for threads in command.threads:
        share_s = command.seconds / len(command.threads)
        for reading in measure_bandwidth(threads, array_bytes=command.array_bytes, seconds=share_s):
            bandwidths.append(reading)
            yield Advanced(done=len(bandwidths), total=len(KERNELS) * len(command.threads))
    yield BandwidthProbed(bandwidths=tuple(bandwidths))
