"""`planner plan --optimise`: screen, JSON, reproduction, and what is refused."""

from pathlib import Path

import msgspec
import pytest
from helpers.command_line import Ask, refuses

from planner.services.plans.document import PlanDocument
from planner.services.plans.request import PlanRequest, decode_request
from planner.store import Store

PLAN = ("plan", "--quiet", "--model", "resnet50")
DAY = "[demand]\nprofile = [{}]\n[fleet]\nautoscaling = true\nzones = 3\n".format(
    ", ".join(["0.1"] * 12 + ["1.0"] * 12)
)


def test_the_cheapest_mix_is_shown_beside_the_plan_and_reproduced(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("day.toml").write_text(DAY, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "80")
    mixed = ("--optimise", "--targets", "t4,v100-sxm2-16", "--purchases", "on_demand,reserved_1y_all_upfront")

    shown = ask(*PLAN, *mixed, "--assumptions", "day.toml").stdout

    assert max(map(len, shown.splitlines())) <= 80
    words = " ".join(shown.split())
    for expected in (
        "the cheapest mix of offers",
        "of any one of 3 zones",
        "costs the same once",
        "not chosen from",
        "0 h ▂",
    ):
        assert expected in words
    assert "reproduces to the cent" in ask("plans", "reproduce").stdout
    (one,) = msgspec.json.decode(ask("plans", "show", "--json").stdout, type=PlanDocument).projections
    found = one.optimum
    assert found is not None
    assert found.gap == 0.0
    assert found.cost_per_year == sum(line.cost_per_year for line in found.lines)
    assert found.cost_per_year is not None
    assert all(found.cost_per_year <= rival.cost_per_year for rival in found.rivals)
    assert {line.is_committed: line.by_hour[0] for line in found.lines}[True] > 0
    assert sum(line.load_share for line in found.lines) == pytest.approx(1.0)


def test_a_projected_rate_in_a_mix_names_its_figures_and_inexact_losses_are_told(ask: Ask) -> None:
    Path("two.toml").write_text("[fleet]\nplus = 2\n", encoding="utf-8")

    shown = ask(*PLAN, "--optimise", "--targets", "l4", "--assumptions", "two.toml").stdout

    words = " ".join(shown.split())
    assert "int8 on l4 is projected from: resnet50 int8 server on t4" in words
    assert "data sheet of l4" in words
    assert "every failing instance counted as one of the largest" in words


def test_what_was_stored_before_there_were_mixes_is_still_read(ask: Ask, store: Store) -> None:
    ask(*PLAN, "--json")

    stored = msgspec.json.decode(store.plan("latest").request)
    del stored["optimise"]

    assert decode_request(msgspec.json.encode(stored).decode()).optimise is None
    assert PlanRequest().optimise is None


REFUSED = {
    "--optimise --targets t4,a10h": "there is no target 'a10h': did you mean a10",
    "--optimise --targets a100": "may mean a100-pcie-40",
    "--optimise --targets t4,,l4": "write names with a comma between",
    "--optimise --targets mine.toml": "a file of your own devices is given by --target-file",
    "--targets t4": "--targets is about the cheapest mix: add --optimise",
    "--targets mine.toml": "a file of your own devices is given by --target-file",
    "--optimise --purchases spott": "'spott' is no purchase option (did you mean spot",
    "--optimise --most-kinds 0": "use 1 to 6",
    "--optimise --targets v100-sxm2-16": "only a bound of its rate is known: v100-sxm2-16",
    "--optimise --targets a10": "no price: a10",
}


def test_a_mix_that_cannot_be_is_refused_in_one_sentence_and_no_plan_is_kept(ask: Ask) -> None:
    answers = {words: refuses(ask(*PLAN, *words.split(" "))) for words in REFUSED}

    assert [(words, said) for words, said in answers.items() if REFUSED[words] not in said] == []
    assert not Path("results.db").exists()
