"""Drifts of a machine, to be multiplied into recorded blocks: what alternating is there to cancel. Pure."""

import numpy as np
from numpy.typing import NDArray

DRIFTS = ("ramp", "step", "wave")
_RAMP, _STEP, _WAVE = 0.20, 0.10, 0.05
_WAVES = 3.0


def factors(kind: str, place: NDArray[np.float64], *, phase: float) -> NDArray[np.float64]:
    """By how much the machine is slower at each place of a trial.

    Args:
        kind: `ramp` grows to 20 %; `step` is 10 % from `phase` on; `wave` swings by 5 %, three times.
        place: from 0 at the start of the trial to 1 at its end.
        phase: from 0 to 1, where the step or the wave begins.
    """
    if kind == "ramp":
        return 1.0 + _RAMP * place
    if kind == "step":
        return np.where(place >= phase, 1.0 + _STEP, 1.0)
    return 1.0 + _WAVE * np.sin(2 * np.pi * (_WAVES * place + phase))
