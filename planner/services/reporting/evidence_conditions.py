"""Conditions of a run as lines of the appendix: machine, software, rules, hashes, and what was odd about them."""

from collections.abc import Iterator, Mapping

from harness.devices import NvidiaDevice
from harness.environment import Observer
from harness.vocabulary import TimingRules
from planner.services.reporting.evidence_runs import RunBehind
from planner.services.run_document import ArmDocument
from planner.wording.quantities import duration, share

Lines = Iterator[tuple[str, str]]
_UNKNOWN = "not told by this machine"
_BUSY = 0.1  # of the time some task waited for a CPU: the kernel's own figure of contention
_DIGESTS = ("model_digest", "calibration_digest", "candidate_digest")
_MOST_FEATURES = 24


def machine(behind: RunBehind) -> Lines:
    """Hardware and system."""
    one = behind.document.environment
    cpu = one.cpu
    yield "CPU", cpu.model
    cores = f"{cpu.physical_cores or '?'} cores, {cpu.logical_cores} hardware threads"
    yield "cores", f"{cores}, {len(cpu.allowed_cpus)} allowed{_quota(cpu.quota_cores)}"
    yield "CPU identity", f"{cpu.vendor} family {cpu.family}, model {cpu.model_number}"
    yield "instruction sets", ", ".join(cpu.features[:_MOST_FEATURES]) or _UNKNOWN
    yield "memory", _UNKNOWN if one.memory_bytes is None else f"{one.memory_bytes / 2**30:.1f} GiB"
    for gpu in one.gpus:
        yield f"GPU {gpu.index}", _gpu(gpu)
    if not one.gpus:
        yield "GPU", "none"
    yield "system", f"{one.system} {one.kernel}, {one.architecture}"
    yield "CPU governor", one.governor or _UNKNOWN
    yield "boost", _UNKNOWN if one.is_boost_allowed is None else "allowed" if one.is_boost_allowed else "off"
    yield "virtual machine", _UNKNOWN if cpu.is_virtual is None else "yes" if cpu.is_virtual else "no"
    yield "container", one.container or "none seen"
    if one.load_average is not None:
        yield "load average at the start", ", ".join(f"{load:.2f}" for load in one.load_average)
    yield "waiting for a CPU at the start", share(one.cpu_pressure_share)
    yield "host", f"{one.host_id} (from the {one.host_id_source})"
    yield "watched by", str(one.observer)


def software(behind: RunBehind) -> Lines:
    """Versions, and the settings that runtimes read."""
    one = behind.document.environment
    yield "planner", behind.document.planner_version
    yield "Python", one.python
    yield from ((package.name, package.version) for package in one.packages if package.name != "planner")
    yield from ((variable.name, variable.value) for variable in one.variables)


def rules(behind: RunBehind) -> Lines:
    """How it was timed and judged."""
    document = behind.document
    yield "seed", str(document.seed)
    yield from _timing(document.timing)
    if document.server is not None:
        server = document.server.rules
        yield "promise", f"{server.slo.label}, budget {duration(server.budget_s)} a variant"
    gate = document.gate
    yield "gate, overall", f"loss below {share(gate.overall_loss)}, above {_limit(gate.overall_limit)}"
    classes = f"{len(gate.classes):,} named classes" if gate.classes else "all classes"
    drop = f"drop up to {share(gate.class_drop)}, above {_limit(gate.class_limit)}"
    yield "gate, classes", f"{drop}; {classes}"
    if gate.worst_class is not None:
        yield "gate, lowest recall", share(gate.worst_class)
    yield "gate, confidence", "points alone" if gate.judge_points else share(gate.confidence, digits=1)
    if gate.best_of > 1:
        yield "right if among", f"the best {gate.best_of} answers"
    samples = document.test_samples
    yield "test samples", "all" if samples is None else f"a random subset of {samples:,} at most"


def hashes(behind: RunBehind) -> Lines:
    """What names the inputs by content."""
    yield "workload", behind.document.workload_digest
    told: dict[str, str] = {}
    for arm in behind.document.arms:
        if arm.artifact_digest:
            yield f"artifact of {arm.name} (SHA-256)", arm.artifact_digest
        told.update(_digests(arm))
        record = behind.run.arm(arm.name)
        if record is not None and record.prediction is not None:
            told["data that judged"] = record.prediction.data_digest
    yield from told.items()


def oddities(behind: RunBehind) -> Iterator[str]:
    """What about the conditions should make a reader careful."""
    one = behind.document.environment
    if one.cpu.is_virtual:
        yield "measured in a virtual machine: other guests can take time that nothing here shows"
    if one.governor is not None and one.governor != "performance":
        yield f"the CPU governor was {one.governor}: clock speeds follow the load"
    if one.host_id_source != "machine-id":
        yield "the host is told apart by its hardware alone: like machines share its name"
    if one.load_average is not None and one.load_average[0] > one.cpu.logical_cores:
        yield f"{one.load_average[0]:.1f} tasks wanted {one.cpu.logical_cores} CPUs when it began"
    if one.cpu_pressure_share is not None and one.cpu_pressure_share > _BUSY:
        yield f"tasks waited for a CPU in {share(one.cpu_pressure_share)} of the time before it began"
    if one.observer is Observer.TUI:
        yield "a painted screen watched it, which takes CPU time"
    if one.cpu.quota_cores is not None:
        yield f"a quota of {one.cpu.quota_cores:g} cores held it"
    contaminated = [one for one in behind.document.comparisons if one.contaminated_rounds]
    for load in dict.fromkeys(one.load for one in contaminated):
        worst = max((one for one in contaminated if one.load == load), key=lambda one: one.contaminated_rounds)
        yield f"{load.label}: foreign load in {worst.contaminated_rounds} of {worst.rounds} rounds"
    yield from (f"not measured: {name}: {reason}" for name, reason in behind.document.unavailable)


def _timing(timing: TimingRules) -> Lines:
    yield (
        "timing",
        (
            f"blocks of {duration(timing.block_s)} in rounds of {duration(timing.round_s)}, warm-up "
            f"{duration(timing.warm_up_s)}, budget {duration(timing.budget_s)}, {timing.launches} launch(es)"
        ),
    )
    yield (
        "stops at",
        (
            f"±{share(timing.target_half_width)} of the ratio at "
            f"{share(timing.confidence, digits=0)} confidence; equal within "
            f"{share(timing.equivalence)}"
        ),
    )
    yield "foreign load", f"rounds with more than {share(timing.foreign_cpu_limit)} are set aside"
    yield "affinity", timing.affinity


def _limit(loss: float) -> str:
    return f"{share(loss)} excluded"


def _quota(cores: float | None) -> str:
    return "" if cores is None else f", a quota of {cores:g}"


def _gpu(gpu: NvidiaDevice) -> str:
    major, minor = gpu.compute_capability
    parts = [gpu.name, f"driver {gpu.driver}", f"compute capability {major}.{minor}"]
    if gpu.memory_bytes is not None:
        parts.append(f"{gpu.memory_bytes / 2**30:.0f} GiB")
    if gpu.cuda is not None:
        parts.append(f"CUDA {gpu.cuda[0]}.{gpu.cuda[1]}")
    if gpu.power_limit_w is not None:
        parts.append(f"power limit {gpu.power_limit_w:g} W")
    if gpu.is_ecc_on is not None:
        parts.append(f"ECC {'on' if gpu.is_ecc_on else 'off'}")
    return ", ".join(parts)


def _digests(arm: ArmDocument) -> dict[str, str]:
    """Of the model and the calibration samples that an artifact was made from."""
    request = arm.provenance.get("request")
    if not isinstance(request, Mapping):
        return {}
    found = ((name, request.get(name)) for name in _DIGESTS)
    return {name.replace("_digest", "").replace("_", " "): value for name, value in found if isinstance(value, str)}
