"""`planner doctor`: what this machine can measure, and how noisy it is now."""

import argparse
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.devices import CpuDevice
from harness.quantize.artifacts import ArtifactCache
from harness.supervisor.host_lock import default_lock_path
from harness.verdict.wording import effect, percent
from harness.vocabulary.selftest import SelfTest
from harness.workloads.places import cache_root
from planner.cli import diagnostics, output
from planner.cli.gpu_view import gpu_lines
from planner.drawing.selftest_view import sign_of_certificate
from planner.services.checkup import (
    Checkup,
    PlaceCheck,
    RuntimeCheck,
    check,
    check_runtimes,
    first_available,
    first_for_the_flagship,
)
from planner.services.exit_codes import ExitCode
from planner.services.host_state import HostState, LockState
from planner.services.noise_check import NoiseCheck, check_noise, without_noise
from planner.services.selftests import NONE_YET, in_a_line
from planner.settings import database_address, is_interactive, log_folder
from planner.wording.marks import marked, presence, signed
from planner.wording.text import plain

_FEATURE_WIDTH = 14


def doctor(options: argparse.Namespace) -> int:
    """Report everything; 2 where no runtime is here."""
    lock, cache, runtimes = default_lock_path(), cache_root(), check_runtimes()
    found = check(_noise(options, runtimes), runtimes, database=database_address(options.db), cache=cache, lock=lock)
    if options.json:
        output.show_json(found)
    else:
        output.show(_screen(found))
    return ExitCode.ACCEPTED_AND_FASTER if found.first_runtime else ExitCode.USAGE


def _noise(options: argparse.Namespace, runtimes: tuple[RuntimeCheck, ...]) -> NoiseCheck:
    runtime = first_for_the_flagship(runtimes)
    if runtime is None:
        missing = "that opens the built-in workload" if first_available(runtimes) else "to measure with"
        return without_noise(f"no runtime is here {missing}")
    if options.no_noise:
        return without_noise("left out by --no-noise", runtime=runtime)
    if is_interactive():
        diagnostics.note("measuring this machine's noise, about 6 s …")
    cache = ArtifactCache(cache_root())
    return check_noise(runtime, cache=cache, logs=log_folder("doctor"), lock=default_lock_path())


def _screen(found: Checkup) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, lines in _sections(found):
        table.add_row(name, Group(*lines))
    return table


def _sections(found: Checkup) -> Iterator[tuple[str, list[RenderableType]]]:
    yield "processor", [*_processor(found)]
    yield "GPUs", [*gpu_lines(found.gpus, found.gpu_checks, reason=found.gpu_reason, hint=found.gpu_hint)]
    yield "runtimes", [line for one in found.runtimes for line in _runtime(one, has_gpus=bool(found.gpus))]
    yield "energy", [_meter(found.energy_source, found.energy_reason)]
    yield "memory peak", [_meter("can be reset between phases", found.memory_reason)]
    yield "database", [_place(found.database)]
    yield "cache", [_place(found.cache)]
    yield "host lock", [_host(found.host)]
    yield "noise now", [*_noise_lines(found.noise)]
    yield "self-test", [_selftest(found.selftest)]


def _processor(found: Checkup) -> Iterator[Text]:
    yield Text(plain(f"{found.cpu.model}, {_cores(found.cpu)}"))
    for feature in found.features:
        yield presence(f"{feature.name.ljust(_FEATURE_WIDTH)}{feature.purpose}", is_here=feature.is_here)
    if not found.cpu.int8_dot:
        yield signed("!", "nothing sums INT8 products here: INT8 may be no faster than FP32")


def _cores(cpu: CpuDevice) -> str:
    parts = [f"{cpu.logical_cores} logical cores"]
    if cpu.physical_cores:
        parts.append(f"{cpu.physical_cores} physical")
    if len(cpu.allowed_cpus) != cpu.logical_cores:
        parts.append(f"{len(cpu.allowed_cpus)} may be used")
    if cpu.quota_cores is not None:
        parts.append(f"limited to the time of {cpu.quota_cores:g}")
    if cpu.is_virtual:
        parts.append("virtual")
    return ", ".join(parts)


def _runtime(one: RuntimeCheck, *, has_gpus: bool) -> Iterator[Text]:
    if not one.is_available:
        yield signed("✗", f"{one.name}: {one.reason}; type: {one.hint}")
        return
    yield signed("✓", f"{one.name} {one.version}")
    if one.note is not None:
        yield signed("!", one.note)
    if has_gpus and one.gpu_reason is not None:
        yield Text(f"  not on GPUs: {plain(one.gpu_reason)}; {plain(one.gpu_hint or '')}")


def _meter(text: str | None, reason: str | None) -> Text:
    return signed("✓", text or "") if reason is None else signed("~", f"unavailable: {reason}")


def _place(place: PlaceCheck) -> Text:
    return signed("✓" if place.is_usable else "!", f"{place.place}: {place.state}")


def _host(host: HostState) -> Text:
    match host.lock:
        case LockState.FREE:
            return signed("✓", "free: nothing is measured on this host now")
        case LockState.HELD:
            return signed("!", f"held: process {host.holder or 'unknown'} measures now ({host.place})")
        case _:
            return signed("~", f"{host.place} cannot be read: {host.reason}")


def _selftest(certificate: SelfTest | None) -> Text:
    if certificate is None:
        return signed("~", NONE_YET)
    return signed(sign_of_certificate(certificate), in_a_line(certificate))


def _noise_lines(noise: NoiseCheck) -> Iterator[Text]:
    report = noise.report
    if report is None:
        yield signed("~", f"unavailable: {noise.reason}")
        return
    yield marked(report.noise_class)
    if report.sigma is not None and report.minimal_effect is not None:
        yield Text(f"FP32 against itself, {report.pairs} pairs with {noise.runtime}: sigma {effect(report.sigma)}")
        yield Text(f"smallest difference that this time shows: {effect(report.minimal_effect)}")
    if noise.foreign_cpu_share is not None and noise.largest_foreign_cpu_share is not None:
        mean, most = percent(noise.foreign_cpu_share), percent(noise.largest_foreign_cpu_share)
        yield Text(f"other programs used {mean} of the processors, {most} at most in a round")
    if report.reason:
        yield Text(plain(report.reason))
    yield Text(plain(noise.advice))
