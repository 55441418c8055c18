"""How many samples an arm answers at once when its answers are judged. Pure."""

from harness.vocabulary import Arm, Method, Plan

EVALUATION_BATCH = 16
"""The fastest of 1 to 64 for the flagship on one core. Scales made beforehand make answers independent of it."""


def evaluation_batch(arm: Arm, plan: Plan) -> int:
    """How many samples an arm answers at once: as many as are timed where samples of a call share their scales.

    Dynamic ranges are those of a whole call, so that neighbours change an answer: a classifier of 1,000 samples was
    right in 98.1 % one by one, and in 98.6 % sixteen at a time.
    """
    return plan.batches[0] if arm.recipe.method is Method.INT8_DYNAMIC else EVALUATION_BATCH
