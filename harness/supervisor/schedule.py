"""Who has a turn when. Pure: a seed decides every order.

Each cycle gives every arm one turn, and each baseline a second one, its control. Orders come
in pairs, a random one and its mirror image, so that a linear drift of the machine cancels. Where
two orders meet in the same arm, a turn of another one is put between and not counted: a turn
after a turn of the same process finds caches warm that no other turn does, and of two arms the
baseline alone would find them so.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from harness.vocabulary import Plan

_ATTEMPTS = 50  # with three slots or more nearly every shuffle will do within a few


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A turn to be taken: by an arm, as itself or as its own control, or only to part two others."""

    arm: str
    is_control: bool
    is_filler: bool = False


def slots_of(plan: Plan, alive: frozenset[str]) -> tuple[Slot, ...]:
    """The turns of one cycle among the arms still alive."""
    arms = [arm for arm in plan.arms if arm.name in alive]
    controls = [arm for arm in arms if arm.label == plan.baseline] or arms[:1]
    return (
        *(Slot(arm=arm.name, is_control=False) for arm in arms),
        *(Slot(arm=arm.name, is_control=True) for arm in controls),
    )


def mirrored_orders(slots: tuple[Slot, ...], *, seed: str) -> Iterator[tuple[Slot, ...]]:
    """Endless orders: a random one, then the same backwards, then another.

    No arm ever follows itself where the number of slots allows it: fillers stand where orders meet.
    """
    randomness = random.Random(seed)  # noqa: S311 - an experiment's order is repeatable, not secret
    before: str | None = None
    while True:
        order = _shuffled_apart(slots, randomness)
        for one in (order, order[::-1]):
            yield (*_filler(before, one, randomness), *one)
            before = one[-1].arm if one else None


def _filler(before: str | None, order: tuple[Slot, ...], randomness: random.Random) -> tuple[Slot, ...]:
    """A turn of another arm, where the order begins with the arm that had the last turn."""
    others = sorted({slot.arm for slot in order} - {before})
    if not order or not others or order[0].arm != before:
        return ()
    return (Slot(arm=randomness.choice(others), is_control=False, is_filler=True),)


def _shuffled_apart(slots: tuple[Slot, ...], randomness: random.Random) -> tuple[Slot, ...]:
    order = list(slots)
    for _ in range(_ATTEMPTS):
        randomness.shuffle(order)
        if all(first.arm != second.arm for first, second in itertools.pairwise(order)):
            break
    return tuple(order)
