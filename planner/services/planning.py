"""From what was asked for to a plan: which arms can run here, and which cannot, with reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.devices import usable_cpus
from harness.errors import UnavailableError, UsageError
from harness.variants import parse_variant, parse_variants
from harness.verdict.calibration import rests_on_calibration
from harness.vocabulary import CPU, Arm, GateRules, Plan, Recipe, Scenario, ServerRules, TimingRules
from harness.workloads.default_variants import more_on_gpus
from harness.workloads.workload import BUILTIN_DEFAULT, Workload
from planner.services.looking import ModelsSeen
from planner.services.places import Place, Unavailable, find_places, told

DEFAULT_BATCHES = (1, 8)
_USUAL_BASELINES = ("fp32", "bf16", "fp16")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRequest:
    """What a user asks for. `None` leaves the choice to the workload or to the machine.

    `server` holds the rules of the server scenario, where it is among the `scenarios`. With `with_candidates` the
    workload's models made elsewhere are measured beside the `variants` that are named.
    """

    workload: str = BUILTIN_DEFAULT
    variants: str | None = None
    with_candidates: bool = False
    runtimes: tuple[str, ...] | None = None
    devices: tuple[str, ...] = (CPU,)
    batches: tuple[int, ...] | None = None
    scenarios: tuple[Scenario, ...] = (Scenario.SINGLE_STREAM,)
    concurrencies: tuple[int, ...] | None = None
    server: ServerRules | None = None
    threads: int = 1
    baseline: str = "fp32"
    seed: int = 1
    test_samples: int | None = None
    timing: TimingRules = field(default_factory=TimingRules)
    gate: GateRules = field(default_factory=GateRules)


def make_plan(request: BenchRequest, workload: Workload, seen: ModelsSeen | None = None) -> Plan:
    """Every variant on every runtime that is here, on every device that was asked for and found (`require_devices`).

    Args:
        request: what was asked for.
        workload: what it is asked of.
        seen: what a look at the workload's models found, where one was taken.

    Raises:
        UsageError: variants that cannot be meant together, or a baseline that is not among them.
        UnavailableError: a runtime asked for by name is not here or cannot read the model, or none is or can; the
            baseline runs on none, or no batch size that was asked for is possible.
    """
    seen = seen or ModelsSeen()
    baseline = parse_variant(request.baseline)
    recipes = _recipes(request, workload, baseline)
    batches, impossible = _batches(request.batches, seen.fixed_batch)
    places, missing = find_places(request.runtimes, request.devices, workload, seen.unreadable)
    more = () if request.variants is not None or workload.is_simulated else more_on_gpus(recipes)
    arms, refused = arms_at(
        places, recipes, workload, threads=request.threads, unreadable=seen.unreadable, on_gpus=more
    )
    is_compared = len(recipes) > 1 or any(place.device != CPU for place in places if more)
    arms, unpaired = _with_baseline(arms, baseline.label, refused, places=places, is_compared=is_compared)
    return Plan(
        workload=workload.reference,
        workload_name=workload.name,
        workload_digest=workload.digest,
        arms=arms,
        batches=batches,
        baseline=baseline.label,
        seed=request.seed,
        timing=_timing(request, workload),
        gate=request.gate,
        unavailable=(*missing, *refused, *unpaired, *impossible),
        is_simulated=workload.is_simulated,
        test_samples=request.test_samples,
        keeps_calibration_apart=any(rests_on_calibration(arm.recipe) for arm in arms),
        scenarios=request.scenarios,
        concurrencies=_concurrencies(request, workload),
        server=request.server,
    )


def _timing(request: BenchRequest, workload: Workload) -> TimingRules:
    """As asked for; a runtime that computes nothing needs as much memory at every launch."""
    return replace(request.timing, memory_launches=1) if workload.is_simulated else request.timing


def _concurrencies(request: BenchRequest, workload: Workload) -> tuple[int, ...]:
    """How many calls are in flight in the closed loops: what was named, and what the scenarios need.

    Offline work fills the machine: as many streams as its CPUs hold.
    """
    needed = [1] if request.concurrencies is None or Scenario.SINGLE_STREAM in request.scenarios else []
    if Scenario.OFFLINE in request.scenarios:
        needed.append(max(1, usable_cpus() // request.threads))
    wanted = tuple(sorted({*needed, *(request.concurrencies or ())}))
    if workload.is_simulated and wanted != (1,):
        raise UsageError("the fake runtime has one clock, so its calls cannot overlap: leave out --concurrency")
    return wanted


def _recipes(request: BenchRequest, workload: Workload, baseline: Recipe) -> tuple[Recipe, ...]:
    """The variants named, or the workload's own with the baseline before them."""
    if request.variants is None:
        own = workload.default_variants
        return own if baseline.label in {recipe.label for recipe in own} else (baseline, *own)
    named = parse_variants(request.variants)
    if request.with_candidates:
        named = tuple(dict.fromkeys((*named, *workload.candidates)))
    labels = [recipe.label for recipe in named]
    if len(labels) > 1 and baseline.label not in labels:
        raise UsageError(
            f"the baseline {baseline.label} is not among the variants {', '.join(labels)}: "
            "add it to --variants, or name another with --baseline"
        )
    for recipe in named:
        if recipe.file is not None and recipe not in workload.candidates:
            known = ", ".join(one.label for one in workload.candidates) or "none"
            raise UsageError(
                f"{recipe.label}: {workload.name} has no such candidate (it has: {known}): bring the file with "
                f"--candidate {recipe.method}=FILE"
            )
    return named


def _batches(asked: Sequence[int] | None, fixed: int | None) -> tuple[tuple[int, ...], list[Unavailable]]:
    """The batch sizes that the models can be called with, and those that they cannot."""
    wanted = tuple(dict.fromkeys(DEFAULT_BATCHES if asked is None else asked))
    if fixed is None:
        return wanted, []
    if asked is not None and wanted and fixed not in wanted:
        raise UnavailableError(
            f"--batch {','.join(map(str, wanted))}: the model's batch axis is fixed at {fixed}; use --batch {fixed}, "
            "or export the model with a dynamic batch axis"
        )
    reason = f"the model's batch axis is fixed at {fixed}"
    return (fixed,) if wanted else (), [(f"batch {one}", reason) for one in wanted if one != fixed]


def arms_at(
    places: Sequence[Place],
    recipes: Sequence[Recipe],
    workload: Workload,
    *,
    threads: int,
    unreadable: Mapping[str, str],
    on_gpus: Sequence[Recipe] = (),
) -> tuple[tuple[Arm, ...], list[Unavailable]]:
    """Every recipe at every place, `on_gpus` beside them on GPUs; and what is refused there, with reasons.

    Raises:
        UnavailableError: nothing is left.
    """
    arms, refused = [], []
    for place in places:
        for recipe in (*recipes, *(on_gpus if place.device != CPU else ())):
            arm = Arm(
                label=recipe.label,
                recipe=workload.resolve(recipe),
                runtime=place.runtime.name,
                threads=threads,
                device=place.device,
            )
            reason = unreadable.get(f"{arm.runtime}/{arm.label}") or place.refusal(recipe)
            if reason is None:
                arms.append(arm)
            else:
                refused.append((arm.name, reason))
    if not arms:
        raise UnavailableError(f"nothing can be measured ({told(refused)})")
    return tuple(arms), refused


def _with_baseline(
    arms: tuple[Arm, ...],
    baseline: str,
    refused: Sequence[Unavailable],
    *,
    places: Sequence[Place],
    is_compared: bool,
) -> tuple[tuple[Arm, ...], list[Unavailable]]:
    """Arms of runtimes on devices on which the baseline runs too: of the others nothing could be said.

    Raises:
        UnavailableError: the baseline runs on no runtime, with the reasons.
    """
    if not is_compared:
        return arms, []
    paired = {arm.place for arm in arms if arm.label == baseline}
    if not paired:
        reasons = [(name, reason) for name, reason in refused if name.partition("/")[2] == baseline]
        raise UnavailableError(
            f"the baseline {baseline} can run on no runtime here ({told(reasons)}): name another with --baseline"
            f"{_those_that_can(places)}"
        )
    alone = [arm for arm in arms if arm.place not in paired]
    reason = f"the baseline {baseline} does not run there, so there is nothing to compare it with"
    return tuple(arm for arm in arms if arm.place in paired), [(arm.name, reason) for arm in alone]


def _those_that_can(places: Iterable[Place]) -> str:
    able = [name for name in _USUAL_BASELINES if any(one.refusal(parse_variant(name)) is None for one in places)]
    return f", {' or '.join(able)}" if able else ""
