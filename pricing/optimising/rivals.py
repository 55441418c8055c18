"""What else could have been chosen: the best answers of other kinds, and at which price each would cost the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pricing.errors import CapacityError
from pricing.money import Money
from pricing.optimising.cheapest import cheapest
from pricing.optimising.model import Choice, Mix, Task, mix_of
from pricing.optimising.singles import singles

_SPOT = "spot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Where a rival costs what the winner costs.

    Attributes:
        factor: On the prices of those of its offers that the winner does not have; where it has none, so that it is
            above 1, on those of the winner's that it does not have; None: at no price.
        subject: The dearest of those.
        price: What it would have to cost an hour.
        alike: The other offers whose prices change by that factor, too.
    """

    factor: float | None
    subject: str
    price: float | None
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """The best answer of another kind.

    Attributes:
        names: What is the best of: "of one kind", "without g6.xlarge", …
        mix: The fleet.
        difference: What it costs more a year.
        turn: The price at which it would cost the same. A third mix may be the cheapest there.
    """

    names: tuple[str, ...]
    mix: Mix
    difference: Money
    turn: Turn


def rivals(choices: Sequence[Choice], task: Task, winner: Mix) -> tuple[Rival, ...]:
    """The cheapest fleet of each other kind, the cheapest first; each once, under all its names.

    Not the next-best mixes: one more instance than the winner has costs less than most of these.
    """
    found: dict[frozenset[tuple[object, ...]], tuple[list[str], Mix]] = {}
    for name, mix in _answers(choices, task, winner):
        if mix.signature != winner.signature:
            found.setdefault(mix.signature, ([], mix))[0].append(name)
    ordered = sorted(found.values(), key=lambda one: one[1].order)
    return tuple(
        Rival(
            names=tuple(names),
            mix=mix,
            difference=mix.per_year - winner.per_year,
            turn=_turn(mix, winner, task),
        )
        for names, mix in ordered
    )


def _answers(choices: Sequence[Choice], task: Task, winner: Mix) -> Iterator[tuple[str, Mix]]:
    if len(winner.lines) > 1:
        yield "of one kind", min(singles(choices, task), key=lambda mix: mix.order)
    for name, is_wanted in _kinds(choices, winner):
        wanted = [one for one in choices if is_wanted(one)]
        if not wanted or len(wanted) == len(choices):
            continue
        try:
            yield name, cheapest(wanted, task)[0]
        except CapacityError:
            continue  # no fleet of that kind carries the load: it is no rival


def _kinds(choices: Sequence[Choice], winner: Mix) -> Iterator[tuple[str, Callable[[Choice], bool]]]:
    main = winner.lines[0].choice
    offer = main.offer
    yield f"without {offer.instance} {offer.purchase}", lambda one: one.key != main.key
    yield f"without {main.target_id}", lambda one: one.target_id != main.target_id
    for target_id in dict.fromkeys(one.target_id for one in choices):
        yield f"of {target_id} alone", lambda one, only=target_id: one.target_id == only  # type: ignore[misc]
    yield f"not in {offer.provider} {offer.region}", lambda one: one.market != main.market
    used = [line.choice for line in winner.lines]
    if any(is_interruptible(one) for one in used):
        yield "without spot", lambda one: not is_interruptible(one)
    if any(one.is_unstopped for one in used):
        yield "without commitment", lambda one: not one.is_unstopped
    if any(one.waits for one in used):
        yield "of what quality allows already", lambda one: one.waits is None


def is_interruptible(choice: Choice) -> bool:
    """Whether the provider may take its instances back at short notice."""
    return choice.offer.purchase.startswith(_SPOT)


def _turn(rival: Mix, winner: Mix, task: Task) -> Turn:
    """All those prices alike; offers that both have keep theirs. At that price the fleets as found cost the same."""
    own = [line for line in rival.lines if line.choice.key not in winner.keys]
    lines, aim, rest = own, winner.per_year, rival.per_year
    if not own:
        lines = [line for line in winner.lines if line.choice.key not in rival.keys]
        aim, rest = rival.per_year, winner.per_year
    dearest = (lines or list(rival.lines))[0].choice
    subject, *alike = [f"{one.choice.offer.instance} {one.choice.offer.purchase}" for one in lines or rival.lines]
    if not lines:
        return Turn(factor=None, subject=subject, price=None)
    cost = mix_of(lines, task.levels).per_year
    factor = (aim - (rest - cost)).ratio(cost)
    if factor <= 0.0:
        return Turn(factor=None, subject=subject, price=None)
    return Turn(factor=factor, subject=subject, price=dearest.price * factor, alike=tuple(alike))
