"""Who has a turn when. Pure: a seed decides every order.

Each cycle gives every arm one turn, and each baseline a second one, its control. Orders come
in pairs, a random one and its mirror image, so that a linear drift of the machine cancels.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from harness.vocabulary import Plan

_ATTEMPTS = 50  # with three slots or more nearly every shuffle will do within a few


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A turn to be taken: by an arm, as itself or as its own control."""

    arm: str
    is_control: bool


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

    An arm and its own control are never neighbours where the number of slots allows it: a turn
    right after a turn of the same process finds warm caches, which no other turn does.
    """
    randomness = random.Random(seed)  # noqa: S311 - an experiment's order is repeatable, not secret
    while True:
        order = _shuffled_apart(slots, randomness)
        yield order
        yield order[::-1]


def _shuffled_apart(slots: tuple[Slot, ...], randomness: random.Random) -> tuple[Slot, ...]:
    order = list(slots)
    for _ in range(_ATTEMPTS):
        randomness.shuffle(order)
        if all(first.arm != second.arm for first, second in itertools.pairwise(order)):
            break
    return tuple(order)
