"""How many samples an arm answers at once."""

from helpers.builders import make_arm, make_plan

from harness.supervisor.evaluation import EVALUATION_BATCH, evaluation_batch


def test_dynamic_ranges_are_judged_with_as_many_samples_a_call_as_are_timed() -> None:
    plan = make_plan(batches=(1, 8))

    assert evaluation_batch(make_arm("int8-dynamic"), plan) == 1
    assert evaluation_batch(make_arm("int8-static"), plan) == EVALUATION_BATCH
