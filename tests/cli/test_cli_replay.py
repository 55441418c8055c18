"""`planner plan --replay` and `planner plans replay`: the same plan at another day's prices, and what changed."""

import msgspec
from helpers.command_line import Ask, refuses

from planner.services.plans.document import PlanDocument
from planner.services.plans.replaying import Replay
from pricing.projection.model import Answer, ColumnName

BERT = ("plan", "--quiet", "--model", "bert-99", "--as-of", "2026-11-28")
BEFORE_THE_CUT = "2025-04-28"


def test_the_price_cut_of_june_2025_decides_where_bert_serves(ask: Ask) -> None:
    answer = ask(*BERT, "--replay", BEFORE_THE_CUT, "--json")

    (found,) = msgspec.json.decode(answer.stdout, type=Replay).projections
    stay, _, move = found.columns
    assert (found.answer_before, found.answer_after) == (Answer.QUANTISE, Answer.MOVE)
    assert stay.before is not None
    assert stay.after is not None
    assert round(float(stay.before.price_per_hour / stay.after.price_per_hour) - 1, 4) == -0.33
    assert (move.name, move.change) == (ColumnName.MOVE, 0.0)
    assert "there is no database" in refuses(ask("plans", "list"))


def test_a_stored_plan_is_replayed_as_it_was_stored(ask: Ask) -> None:
    made = msgspec.json.decode(ask(*BERT, "--qps", "777", "--json").stdout, type=PlanDocument)
    shown = ask("plans", "replay", BEFORE_THE_CUT, made.plan or "")

    assert shown.returncode == 0
    assert f"plan {made.plan} of 2026-11-28, replayed at the prices of {BEFORE_THE_CUT}" in shown.stdout
    assert made.projections[0].headline in " ".join(shown.stdout.split())
    assert "+49.3 %" in shown.stdout  # 32.7726 over 21.957642


def test_no_price_of_a_later_day_is_borrowed(ask: Ask) -> None:
    early = refuses(ask(*BERT, "--replay", "2020-01-01"))
    assert "at the prices of 2020-01-01: " in early
    assert "a later one is not borrowed" in early
    assert "--replay 2999-01-01 has not come yet" in refuses(ask(*BERT, "--replay", "2999-01-01"))
    assert "--replay 'soon' is no day" in refuses(ask(*BERT, "--replay", "soon"))
    assert "--replay '' is no day" in refuses(ask(*BERT, "--replay", ""))


def test_what_a_replay_does_not_show_is_refused_beside_it(ask: Ask) -> None:
    for lost in (("--sobol",), ("--draws", "200"), ("--optimise",)):
        assert f"for {lost[0]}, --as-of takes another day" in refuses(ask(*BERT, "--replay", BEFORE_THE_CUT, *lost))


def test_a_plan_with_a_mix_is_replayed_on_a_day_on_which_no_mix_can_be_made(ask: Ask) -> None:
    assert ask(*BERT, "--draws", "100", "--optimise", "--targets", "a10g").returncode == 0

    assert ask("plans", "replay", BEFORE_THE_CUT).returncode == 0  # of an a10g nobody knew a price then
