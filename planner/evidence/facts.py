"""What is known of a measured workload's model: its name, and counts from its graph as far as the run stored them."""

from pathlib import PurePath

from harness.vocabulary import Limit, Method
from planner.store import StoredRun
from pricing.files import printable
from pricing.vocabulary import ModelFacts

_FP32_BYTES = 4


def model_name(run: StoredRun) -> str:
    """What the workload calls itself; of a file that was opened, its name without folders."""
    return printable(run.plan.workload_name or PurePath(run.plan.workload).name)


def model_facts(run: StoredRun) -> ModelFacts:
    """Operations of a sample and weights, from what was counted for the limits of the run; None where it was not.

    Weights follow from two batch sizes of a strict FP32 arm: both read the same weights once, and inputs and outputs in
    proportion to the batch.
    """
    counted = [one for one in run.limits if one.operations is not None]
    if not counted:
        return ModelFacts(
            name=model_name(run),
            parameters=None,
            flop_per_sample=None,
            source=f"run {run.run_id}: nothing was counted; run planner roofline before planner bench",
        )
    least = " (at least: some operations could not be counted)" if any(one.is_at_least for one in counted) else ""
    return ModelFacts(
        name=model_name(run),
        parameters=_parameters(run),
        flop_per_sample=max(one.operations / one.batch for one in counted if one.operations is not None),
        source=f"counted from the graph, run {run.run_id}{least}",
    )


def _parameters(run: StoredRun) -> int | None:
    strict = {arm.name for arm in run.plan.arms if arm.recipe.method is Method.FP32}
    for name in sorted(strict):
        found = {one.batch: one for one in run.limits if one.arm == name and one.compulsory_bytes is not None}
        if len(found) > 1:
            return _weights(found[min(found)], found[max(found)])
    return None


def _weights(small: Limit, large: Limit) -> int | None:
    if small.compulsory_bytes is None or large.compulsory_bytes is None:
        return None
    each = (large.compulsory_bytes - small.compulsory_bytes) / (large.batch - small.batch)
    weights = (small.compulsory_bytes - each * small.batch) / _FP32_BYTES
    return round(weights) if weights >= 1.0 and each >= 0.0 else None
