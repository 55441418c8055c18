"""Answers one question: the cheapest mix that holds the SLO, why it won, and how sure that is."""

from dataclasses import dataclass

from pricing.errors import CapacityError
from pricing.files import one_of
from pricing.optimising.cases import RateCase, rate_cases
from pricing.optimising.cheapest import Effort, cheapest
from pricing.optimising.choices import Cause, Gathered, LeftOut, gather
from pricing.optimising.model import Mix, Scope, Task
from pricing.optimising.rivals import Rival, is_interruptible, rivals
from pricing.optimising.task import task_of
from pricing.projection.model import Question

_MOST_TOLD = 3
_ANYWHERE = "list"  # what the shipped table writes for the region of a provider's price list


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """The answer.

    Attributes:
        scope: What could be chosen from.
        task: What had to be carried.
        mix: The cheapest mix, verified under every loss.
        rivals: The next-best different answers, the cheapest first.
        cases: The answer with uncertain rates elsewhere in their ranges.
        left_out: What was not chosen from, and why.
        conditions: What the answer waits for; none: nothing is open.
        notes: What a reader must know.
        effort: How much was looked at.
    """

    scope: Scope
    task: Task
    mix: Mix
    rivals: tuple[Rival, ...]
    cases: tuple[RateCase, ...]
    left_out: tuple[LeftOut, ...]
    conditions: tuple[str, ...]
    notes: tuple[str, ...]
    effort: Effort


def optimise(question: Question, scope: Scope, *, currency: str = "USD") -> Optimum:
    """The cheapest mix over the offers in scope, with its rivals.

    Args:
        question: What is asked, as of the columns of a plan.
        scope: What may be chosen from.
        currency: Of the prices that are compared; those in others are left out.

    Raises:
        CapacityError: where nothing can be chosen, with why.
        TargetError: if a target of the scope is not known.
    """
    task = task_of(question, most_kinds=scope.most_kinds)
    gathered = gather(question, scope, task, currency=currency)
    if not gathered.choices:
        raise CapacityError(_nothing(gathered))
    mix, effort = cheapest(gathered.choices, task)
    return Optimum(
        scope=scope,
        task=task,
        mix=mix,
        rivals=rivals(gathered.choices, task, mix),
        cases=rate_cases(gathered.choices, task, mix),
        left_out=gathered.left_out,
        conditions=tuple(dict.fromkeys(line.choice.waits for line in mix.lines if line.choice.waits)),
        notes=_notes(mix, task),
        effort=effort,
    )


def _nothing(gathered: Gathered) -> str:
    """Which constraint leaves nothing: by cause, with the first of each."""
    told = []
    for cause in Cause:
        left = [one for one in gathered.left_out if one.cause is cause]
        if left:
            names = [one.subject for one in left[:_MOST_TOLD]]
            more = f" and {len(left) - _MOST_TOLD} more" if len(left) > _MOST_TOLD else ""
            told.append(f"{cause}: {', '.join(names)}{more} ({left[0].reason:.200})")
    why = "; ".join(told) or "the book has no offer of that purchase option there on that day"
    return f"no mix can be made: {why}"


def _notes(mix: Mix, task: Task) -> tuple[str, ...]:
    notes = []
    taken = sorted({line.choice.offer.purchase for line in mix.lines if is_interruptible(line.choice)})
    if taken:
        plus = task.redundancy.plus
        survives = f"the fleet survives the loss of {plus or 'none'}"
        notes.append(f"{one_of(taken)} instances may be taken back at short notice, many at once: {survives}")
    if any(line.choice.is_unstopped for line in mix.lines):
        notes.append("commitments are counted as paid in every hour, used or not; their term binds beyond this plan")
    provider, region = mix.lines[0].choice.market
    if region == _ANYWHERE and task.redundancy.zones > 1:
        notes.append(f"{provider} names no region with its prices: make sure that it has {task.redundancy.zones} zones")
    if len({line.choice.target_id for line in mix.lines}) > 1:
        notes.append("the balancer must send each instance requests in proportion to its rate")
    return tuple(notes)
