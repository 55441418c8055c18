"""What served in a run, as prices know it: a card by its name, or hardware threads of a CPU by what CPUID says."""

from harness.vocabulary import Arm, gpu_index_of
from planner.store import StoredRun
from pricing.errors import EvidenceError, TargetError
from pricing.files import shown
from pricing.targets import Targets
from pricing.vocabulary import Replica, Target, TargetKind


def target_of(run: StoredRun, arm: Arm, targets: Targets) -> Target:
    """The target that the arm ran on.

    Raises:
        EvidenceError: if no target is that device.
    """
    index = gpu_index_of(arm.device)
    if index is None:
        return _cpu(run, targets)
    card = next((one for one in run.environment.gpus if one.index == index), None)
    if card is None:
        raise EvidenceError(f"run {run.run_id} does not tell what {arm.device} is: no card of that number is recorded")
    try:
        return targets.find(card.name)
    except TargetError as error:
        raise EvidenceError(f"the card of run {run.run_id} cannot be priced: {error}") from error


def replica_of(arm: Arm, target: Target, *, instances: int = 1) -> Replica:
    """What serves alone: the card, or the threads of all instances that served together."""
    if target.kind is TargetKind.GPU:
        return Replica(target_id=target.target_id)
    return Replica(target_id=target.target_id, devices=0.0, vcpus=arm.threads * instances)


def siblings_note(run: StoredRun, target: Target) -> str:
    """A warning where cores have more than one hardware thread: those beside the measured ones may have been idle."""
    cpu = run.environment.cpu
    if target.kind is TargetKind.GPU or cpu.physical_cores is None or cpu.physical_cores >= cpu.logical_cores:
        return ""
    return (
        f"the CPU has {cpu.logical_cores} hardware threads on {cpu.physical_cores} cores: the threads beside those "
        "measured may have been idle"
    )


def _cpu(run: StoredRun, targets: Targets) -> Target:
    cpu = run.environment.cpu
    found = targets.cpu_for(cpu.vendor, cpu.family, cpu.model_number, has_int8_units=cpu.int8_dot)
    if found is None:
        raise EvidenceError(
            f"the CPU of run {run.run_id} cannot be priced: no target is {shown(cpu.vendor)}, family {cpu.family}, "
            f"model {cpu.model_number} ({shown(cpu.model)}); describe it in a file of targets"
        )
    return found
