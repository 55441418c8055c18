"""`planner what-next`, and how sure a plan is on its screen: from a stored plan alone, asked in this process."""

import json
from dataclasses import replace

import msgspec
import pytest
from helpers.command_line import Ask, refuses
from helpers.plans import record_priced_run

from harness.vocabulary import Gate
from planner.services.plans.document import PlanDocument
from planner.store import Store

RESNET = ("plan", "--quiet", "--model", "resnet50")


def test_a_plan_says_how_sure_it_is_and_what_next_ranks_what_could_be_learnt(ask: Ask) -> None:
    made = ask(*RESNET, "--json", "--draws", "500", "--seed", "7", "--sobol")
    (one,) = msgspec.json.decode(made.stdout, type=PlanDocument).projections
    sure = one.uncertainty
    assert sure is not None
    assert (sure.draws, sure.seed) == (500, 7)
    move = sure.changes[1]
    assert move.saves is not None
    assert (move.saving_side, move.saves.share) == ("at least", 1.0)
    assert sum(bar.first_order or 0.0 for bar in move.tornado) == pytest.approx(1.0, abs=0.1)
    assert "remain the ones to sign" in sure.meaning
    assert "demand is not drawn" in sure.demand

    screen = " ".join(ask("plans", "show").stdout.split())
    for expected in ("how sure", "move: saves in all 500 draws", "on condition that int8 keeps its quality", "├─"):
        assert expected in screen
    ranked = json.loads(ask("what-next", "--json").stdout)
    assert ranked["measurements"][0]["measurement"]["decides"]
    told = " ".join(ask("what-next").stdout.split())
    for expected in ("the quality of resnet50 in int8", "decides", "planner bench --model resnet50.onnx", "by 5"):
        assert expected in told
    assert ask("plans", "reproduce").stdout.endswith("reproduces to the cent\n")


def test_while_the_gate_is_red_no_chance_of_a_saving_is_shown(ask: Ask, store: Store) -> None:
    record_priced_run(store, gate=Gate.REJECTED)

    answer = ask("plan", "--quiet", "--run", "latest")

    screen = " ".join(answer.stdout.split())
    assert "quantise: quality does not allow it: no saving is available" in screen
    assert "saves with a chance" not in screen
    assert "saves in" not in screen
    assert "no measurement would change the answer" in ask("what-next").stdout


def test_nothing_of_a_stored_plan_reaches_the_terminal_raw(ask: Ask, store: Store) -> None:
    ask(*RESNET, "--draws", "100")
    stored = store.plan("latest")
    store.delete_plan("latest")
    document = stored.document
    for word in ("requests/s", "USD", "the labour of", "DATA", "at least", "as drawn"):
        document = document.replace(word, rf"{word}\u001b[2J")
    store.record_plan(replace(stored, document=document))

    for arguments in (("what-next",), ("what-next", "--json"), ("plans", "show")):
        answer = ask(*arguments)
        assert answer.returncode == 0
        assert "\x1b" not in answer.stdout


def test_a_plan_that_was_made_without_draws_is_shown_and_what_next_says_to_make_it_again(
    ask: Ask, store: Store
) -> None:
    ask(*RESNET, "--draws", "100")
    stored = store.plan("latest")
    store.delete_plan("latest")
    document = json.loads(stored.document) | {"schema": "planner.plan/1"}
    for one in document["projections"]:
        del one["uncertainty"]
    request = json.loads(stored.request)
    del request["draws"], request["with_sobol"]
    store.record_plan(replace(stored, document=json.dumps(document), request=json.dumps(request)))

    assert "how sure" not in ask("plans", "show").stdout
    assert "make it again with `planner plan`" in refuses(ask("what-next"))
    assert ask("plans", "reproduce").returncode == 0


@pytest.mark.parametrize("draws", ["0", "-5", "99", "1000001", "99999999999999999999999"])
def test_a_number_of_draws_that_is_none_is_refused_and_nothing_is_stored(ask: Ask, store: Store, draws: str) -> None:
    assert "write a whole number from 100 to 1,000,000" in refuses(ask(*RESNET, "--draws", draws))
    assert store.plans() == ()
    assert "no plan is stored yet" in refuses(ask("what-next"))
