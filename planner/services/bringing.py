"""From files that a user names to a workload that can be opened by name, its models looked at on the way."""

from dataclasses import dataclass

from harness.errors import UnavailableError, WorkloadError
from harness.supervisor.inspection import inspect_model
from harness.vocabulary import ModelCard
from harness.workloads.bringing import bring
from harness.workloads.keeping import keep
from harness.workloads.naming import BringRequest, is_scripted
from harness.workloads.workload import Workload, open_workload
from planner import settings

_LOGS = "inspection"


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtWorkload:
    """The name to open the workload by, and sentences on what was assumed."""

    reference: str
    notes: tuple[str, ...]


def bring_workload(request: BringRequest, *, base: str | None = None) -> BroughtWorkload:
    """Describe what was named and keep the description.

    Args:
        request: what was named.
        base: a workload whose own entries it takes the place of.

    Raises:
        UsageError: what was named cannot be meant together.
        WorkloadError: a file cannot be used, or model and data do not fit one another.
    """
    found = open_workload(base) if base is not None else None
    brought = bring(request, found, inspect=lambda path: inspect_model(path, logs=settings.log_folder(_LOGS)))
    reference = keep(brought)
    told = dict.fromkeys(note.sentence for note in brought.notes)
    return BroughtWorkload(reference=reference, notes=(*told, f"workload: {reference}"))


def fixed_batch_of(workload: Workload) -> int | None:
    """The one batch size that a workload's model and candidates can be called with; `None` where any will do.

    Looks at every ONNX file of the workload, so that one that must not be opened is refused here.

    Raises:
        WorkloadError: a file must not be opened, or two of them are fixed at different sizes.
    """
    own = [workload.model] if workload.model is not None else []
    paths = [path for path in (*own, *(path for path, _ in workload.candidates.values())) if not is_scripted(path)]
    cards = []
    for path in paths:
        try:
            cards.append(inspect_model(path, logs=settings.log_folder(_LOGS)))
        except UnavailableError:  # without the package onnx nothing is known: a runtime will say what it cannot do
            return None
    return _one_batch(cards)


def _one_batch(cards: list[ModelCard]) -> int | None:
    sizes = {card.batch: card.file for card in cards if card.batch is not None}
    if len(sizes) > 1:
        told = " and ".join(f"{file} at {size}" for size, file in sizes.items())
        raise WorkloadError(f"models with different fixed batch axes cannot be compared ({told}): export them alike")
    return next(iter(sizes), None)
