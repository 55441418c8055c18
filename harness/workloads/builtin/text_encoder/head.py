"""A logistic head, fitted in numpy: convex, without a seed, so that the same features give the same head."""

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError

Matrix = NDArray[np.float64]
_TOLERANCE = 1e-5  # of the slope; the weights are of the order of 10
_MOST_STEPS = 20_000


def fit_logistic_head(
    features: Matrix, labels: NDArray[np.intp], *, classes: int, penalty: float
) -> tuple[Matrix, Matrix]:
    """Weights [classes, features] and bias [classes] of a multinomial logistic regression.

    Minimises mean cross-entropy + penalty / 2 · ‖weights‖² by Nesterov's accelerated gradient with restarts
    (O'Donoghue, Candès, Adaptive Restart for Accelerated Gradient Schemes, 2015). The bias is free of the penalty.

    Args:
        features: [N, features].
        labels: [N], from 0 to `classes` - 1.
        classes: how many there are.
        penalty: above 0.

    Raises:
        WorkloadError: the features are not finite, or the penalty is too small to settle.
    """
    if not np.isfinite(features).all():
        raise WorkloadError("the features to fit a head on are not all finite numbers: the encoder is damaged")
    design = np.hstack([features, np.ones((len(features), 1))])
    targets = (labels[:, np.newaxis] == np.arange(classes)).astype(np.float64)
    shrink = np.append(np.full(features.shape[1], penalty), 0.0)[:, np.newaxis]
    # Half the largest eigenvalue bounds the curvature of cross-entropy (Böhning, 1992).
    step = 1.0 / (0.5 * np.linalg.norm(design, ord=2) ** 2 / len(design) + penalty)
    current = ahead = np.zeros((design.shape[1], classes))
    inertia = 1.0
    for _ in range(_MOST_STEPS):
        slope = design.T @ (_softmax(design @ ahead) - targets) / len(design) + shrink * ahead
        if np.abs(slope).max() < _TOLERANCE:
            return ahead[:-1].T.copy(), ahead[-1].copy()
        following = ahead - step * slope
        goes_uphill = float(np.sum(slope * (following - current))) > 0
        next_inertia = 1.0 if goes_uphill else (1.0 + np.sqrt(1.0 + 4.0 * inertia**2)) / 2.0
        ahead = following + (0.0 if goes_uphill else (inertia - 1.0) / next_inertia) * (following - current)
        current, inertia = following, next_inertia
    raise WorkloadError(f"the head did not settle in {_MOST_STEPS:,} steps: give a larger penalty than {penalty}")


def _softmax(scores: Matrix) -> Matrix:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
