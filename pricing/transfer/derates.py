"""Data sheets set against one another, and what a card loses beside others against what its data sheet says.

A derate is relative: the T4, whose 70 W cap throttles it, serves about 0.78 of what peaks and bandwidths of the others
suggest. Derates of one precision are fitted together, each drawn towards its prior as if by one model's figures.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from pricing.transfer.observations import Observation
from pricing.vocabulary import Precision, Target

PRIOR_DERATES = {"t4": 0.78}
"""Range 0.64 to 0.90; over 280 pairs of devices (FP32 transformers, NeuSight; INT8, MLPerf). All others: 1."""
_PRIOR_MODELS = 1.0


def sheet_log(target: Target, precision: Precision) -> float | None:
    """The logarithm of the geometric mean of peak and bandwidth; None where one is not known."""
    peak, bandwidth = target.peaks_per_s.get(precision), target.bandwidth_bytes_per_s
    return None if peak is None or bandwidth is None else 0.5 * (math.log(peak) + math.log(bandwidth))


def prior_log(target_id: str) -> float:
    """The logarithm of the derate that is stated before any figure is looked at."""
    return math.log(PRIOR_DERATES.get(target_id, 1.0))


def fit_derates(
    seen: Sequence[Observation], sheets: dict[str, float], *, without_cards: Collection[str] = ()
) -> dict[str, float]:
    """The logarithm of each card's derate in one precision, by least squares.

    Args:
        seen: Of one precision. A model's figures tell of cards only relative to one another, so each model has a level
            of its own that is fitted away; the models of one family together weigh as one.
        sheets: By card, `sheet_log`.
        without_cards: Whose figures are left out, and whose derates are then not there.
    """
    used = [one for one in seen if one.target_id in sheets and one.target_id not in without_cards]
    cards = sorted({one.target_id for one in used})
    place = {card: number for number, card in enumerate(cards)}
    left = np.eye(len(cards)) * _PRIOR_MODELS
    right = np.array([_PRIOR_MODELS * prior_log(card) for card in cards])
    models = sorted({one.model for one in used})
    votes = Counter(one.family for one in {each.model: each for each in used}.values())
    for model in models:
        own = [one for one in used if one.model == model]
        at = [place[one.target_id] for one in own]
        centred = np.eye(len(own)) - 1.0 / len(own)
        logs = np.array([math.log(one.per_s) - sheets[one.target_id] for one in own])
        weight = 1.0 / votes[own[0].family]
        left[np.ix_(at, at)] += weight * centred
        right[at] += weight * (centred @ logs)
    found = np.linalg.solve(left, right) if cards else right
    return {card: float(found[number]) for card, number in place.items()}
