"""What of a run may be planned with: finished, not simulated, in the precision that its name says, and its gate."""

from harness.vocabulary import Arm, ProofState, RunState, Speed
from planner.store import StoredRun
from pricing.errors import EvidenceError
from pricing.files import printable
from pricing.vocabulary import Gate

_WORST_FIRST = (Gate.REJECTED, Gate.UNPROVEN, Gate.NOT_MEASURED, Gate.ACCEPTED)
_WRONG_CANDIDATE = {Speed.NOT_INT8, Speed.FAILED}


def require_usable(run: StoredRun, *, with_simulated: bool) -> None:
    """Refuse a run that is not finished, and one whose times a script made up.

    Raises:
        EvidenceError: with the reason.
    """
    if run.state is not RunState.COMPLETED:
        raise EvidenceError(
            f"run {run.run_id} is {run.state}: only a completed run is evidence; resume it, or measure again"
        )
    if run.plan.is_simulated and not with_simulated:
        raise EvidenceError(f"run {run.run_id} is simulated: its times are a script's, not a machine's")


def refusal_of(run: StoredRun, arm: Arm) -> str | None:
    """Why an arm cannot be planned with; None where it can."""
    failure = next((one for one in run.failures if one.arm == arm.name), None)
    if failure is not None:
        return f"it failed at {failure.stage}: {printable(failure.message)}"
    record = run.arm(arm.name)
    proof = None if record is None else record.proof
    if proof is not None and proof.verdict.state is ProofState.NOT_AS_NAMED:
        return f"it did not run in the precision of its name: {printable(proof.verdict.reason)}"
    for verdict in run.verdicts:
        is_wrong = verdict.candidate == arm.name and verdict.speed in _WRONG_CANDIDATE
        if is_wrong or (verdict.baseline == arm.name and verdict.speed is Speed.BASELINE_NOT_AS_NAMED):
            return f"the verdict on it is {verdict.speed}: {printable('; '.join(verdict.speed_reasons))}"
    return None


def proof_note(run: StoredRun, arm: Arm) -> str:
    """A warning where nothing proves which precision ran."""
    record = run.arm(arm.name)
    proof = None if record is None else record.proof
    if proof is not None and proof.verdict.state is ProofState.AS_NAMED:
        return ""
    return "which precision ran is not proven"


def is_baseline(run: StoredRun, arm: Arm) -> bool:
    """Whether others are compared with it."""
    return arm.label == run.plan.baseline


def gate_of(run: StoredRun, arm: Arm) -> Gate:
    """The worst of the arm's verdicts; a baseline is what others are judged by."""
    if is_baseline(run, arm):
        return Gate.ACCEPTED
    found = {Gate(str(verdict.gate)) for verdict in run.verdicts if verdict.candidate == arm.name}
    return next((gate for gate in _WORST_FIRST if gate in found), Gate.NOT_MEASURED)
