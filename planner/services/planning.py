"""From what was asked for to a plan: which arms can run here, and which cannot, with reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.errors import UnavailableError, UsageError
from harness.runtimes import registry
from harness.variants import parse_variant, parse_variants
from harness.vocabulary import Arm, GateRules, Plan, Recipe, TimingRules
from harness.workloads.folder import BUILTIN_DEFAULT, Workload

DEFAULT_BATCHES = (1, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRequest:
    """What a user asks for. `None` leaves the choice to the workload or to the machine."""

    workload: str = BUILTIN_DEFAULT
    variants: str | None = None
    runtimes: tuple[str, ...] | None = None
    batches: tuple[int, ...] = DEFAULT_BATCHES
    threads: int = 1
    baseline: str = "fp32"
    seed: int = 1
    timing: TimingRules = field(default_factory=TimingRules)
    gate: GateRules = field(default_factory=GateRules)


def make_plan(request: BenchRequest, workload: Workload) -> Plan:
    """Every variant on every runtime that is here.

    Raises:
        UsageError: variants that cannot be meant together, or a baseline that is not among them.
        UnavailableError: a runtime asked for by name is not here, or none is.
    """
    recipes = parse_variants(request.variants) if request.variants else workload.default_variants
    labels = [recipe.label for recipe in recipes]
    baseline = parse_variant(request.baseline).label
    if len(labels) > 1 and baseline not in labels:
        raise UsageError(
            f"the baseline {baseline} is not among the variants {', '.join(labels)}: "
            "add it to --variants, or name another with --baseline"
        )
    names, missing = _runtimes(request.runtimes, workload)
    arms, refused = _arms(names, recipes, workload, threads=request.threads)
    return Plan(
        workload=workload.reference,
        workload_digest=workload.digest,
        arms=arms,
        batches=tuple(dict.fromkeys(request.batches)),
        baseline=baseline,
        seed=request.seed,
        timing=request.timing,
        gate=request.gate,
        unavailable=(*missing, *refused),
        is_simulated=workload.is_simulated,
    )


def _runtimes(asked: Sequence[str] | None, workload: Workload) -> tuple[list[str], list[tuple[str, str]]]:
    """Runtimes that are here, and those that are not with the reason; one asked for by name must be."""
    fitting = [name for name in registry.runtime_names() if (name == "fake") == workload.is_simulated]
    here, missing = [], []
    for name in asked or fitting:
        if name not in fitting:
            raise UnavailableError(f"no runtime {name!r} for this workload; there are: {', '.join(fitting)}")
        found = registry.probe(name)
        if found.is_available:
            here.append(name)
        elif asked:
            raise UnavailableError(f"runtime {name} is not here: {found.reason}; {found.hint}")
        else:
            missing.append((name, f"{found.reason}; {found.hint}"))
    if not here:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in missing)
        raise UnavailableError(f"no runtime is here to measure with ({reasons})")
    return here, missing


def _arms(
    names: Sequence[str], recipes: Sequence[Recipe], workload: Workload, *, threads: int
) -> tuple[tuple[Arm, ...], list[tuple[str, str]]]:
    arms, refused = [], []
    for name in names:
        runtime = registry.find_runtime(name)
        for recipe in recipes:
            arm = Arm(label=recipe.label, recipe=workload.resolve(recipe), runtime=name, threads=threads)
            reason = runtime.refusal(recipe)
            if reason is None:
                arms.append(arm)
            else:
                refused.append((arm.name, reason))
    if not arms:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in refused)
        raise UnavailableError(f"nothing can be measured ({reasons})")
    return tuple(arms), refused
