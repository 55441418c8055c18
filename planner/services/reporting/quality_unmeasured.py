"""Fleets whose quality nobody measured: what is said of them, and the command that would measure it."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from harness.vocabulary import Gate
from planner.services.plans.document import ColumnDocument, ProjectionDocument
from planner.services.reporting.evidence_runs import Behind
from pricing.uncertainty import InputKind

_INT8 = "int8-static:per-channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmeasured:
    """A model in a variant whose answers nobody judged.

    Attributes:
        model: Its name.
        variant: As the plan names it.
        targets: What it would run on.
        why: Where its rate comes from instead.
        command: That would measure it.
    """

    model: str
    variant: str
    targets: tuple[str, ...]
    why: str
    command: str

    @property
    def sentence(self) -> str:
        """For people."""
        return f"Nobody measured the quality of {self.what}: {self.why}."

    @property
    def what(self) -> str:
        """The model, how it is served, and where."""
        return f"{self.model} in {self.variant} on {' and '.join(self.targets)}"


def unmeasured(behind: Behind) -> tuple[Unmeasured, ...]:
    """By model and variant, those that no run of the plan stands behind."""
    return tuple(one for projection in behind.plan.projections for one in _of(projection, behind))


def _of(projection: ProjectionDocument, behind: Behind) -> Iterator[Unmeasured]:
    open_columns = [one for one in projection.columns if one.gate == Gate.NOT_MEASURED and not _has_run(one, behind)]
    for variant in dict.fromkeys(one.variant for one in open_columns):
        columns = [one for one in open_columns if one.variant == variant]
        kinds = list(dict.fromkeys(one.rate.evidence.kind for one in columns))
        yield Unmeasured(
            model=projection.model,
            variant=variant,
            targets=tuple(dict.fromkeys(one.target for one in columns)),
            why=f"its rate is {' and '.join(kinds)}, and says nothing of its answers",
            command=_command(projection, variant),
        )


def _has_run(column: ColumnDocument, behind: Behind) -> bool:
    """Whether a run that is there measured the arm: what it says of quality is told with it."""
    evidence = column.rate.evidence
    begins = tuple(f"run {one.run_id}, arm " for one in behind.runs)
    return evidence.source.startswith(begins) if begins else False


def _command(projection: ProjectionDocument, variant: str) -> str:
    """As the plan advises it, or made from the names."""
    told = [] if projection.uncertainty is None else projection.uncertainty.measurements
    advised = [one.command for one in told if one.kind == InputKind.QUALITY and variant in one.subject and one.command]
    if advised:
        return advised[0]
    variants = f"fp32,{_INT8 if variant == 'int8' else variant}"
    model = shlex.quote(f"{projection.model}.onnx")
    return f"planner bench --model {model} --data DATA --variants {shlex.quote(variants)}"
