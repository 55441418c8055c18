"""One line on the machine that a run was measured on: how noisy it was, and where that differs by load."""

from collections.abc import Sequence

from harness.vocabulary import Comparison, LoadPoint, NoiseClass
from planner.services.run_document import NOISIEST_LAST, RunDocument
from planner.wording import quantities

_DECIDES_NOTHING = "speed is shown, but decides nothing"


def machine_line(document: RunDocument) -> str | None:
    """How small a difference showed, and what foreign load took; `None` where nothing was timed."""
    by_load: dict[LoadPoint, list[Comparison]] = {}
    for one in document.timed_comparisons:
        by_load.setdefault(one.load, []).append(one)
    worst = {load: max(found, key=_noise_rank) for load, found in by_load.items()}
    if not worst:
        return None
    if len({(one.noise.noise_class, one.reason) for one in worst.values()}) == 1:
        told = _told(list(worst.values()))
        where = ""
    else:
        told = "; ".join(f"at {load.label} {_told([one])}" for load, one in worst.items())
        where = "where it is unfit, "
    is_unfit = any(one.noise.noise_class is NoiseClass.UNFIT for one in worst.values())
    return f"machine: {told}{f': {where}{_DECIDES_NOTHING}' if is_unfit else ''}"


def _noise_rank(one: Comparison) -> tuple[int, float]:
    return NOISIEST_LAST.index(one.noise.noise_class), one.noise.minimal_effect or 0.0


def _told(alike: Sequence[Comparison]) -> str:
    """The noisiest of comparisons of one noise class, with the rounds of all: one comparison a load."""
    worst = max(alike, key=_noise_rank)
    bad, rounds = sum(one.contaminated_rounds for one in alike), sum(one.rounds for one in alike)
    word, noise = worst.noise.noise_class, worst.noise
    if worst.reason:  # too little was clean, so that all was used
        return f"{word}, foreign load in {bad} of {rounds} rounds"
    set_aside = f", {bad} of {rounds} rounds set aside for foreign load" if bad else ""
    if noise.minimal_effect is None or noise.reason:
        return f"{word}, {noise.reason}{set_aside}"
    return f"{word}, differences from {quantities.share(noise.minimal_effect, digits=1)} show{set_aside}"
