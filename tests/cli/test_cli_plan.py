"""`planner plan` and `planner plans`: screens, JSON, exit codes, and that bad input leaves nothing behind.

Asked in this process; one test asks as a user does.
"""

import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from helpers.command_line import Ask, CommandLine, refuses
from helpers.offers import ROW, make_offer, price_table
from helpers.plans import record_priced_run

from planner.services.plans.document import PlanDocument
from planner.store import Store
from pricing.book import PriceBook

RESNET = ("plan", "--quiet", "--model", "resnet50")
OFFER = """
[[offers]]
provider = "ours"
region = "fra1"
instance = "box"
target = "t4"
devices = 1
purchase = "on_demand"
price = "{price}"
as_of = {as_of}
source = "contract"
"""


def planned(answer: str) -> PlanDocument:
    return msgspec.json.decode(answer, type=PlanDocument)


def test_a_first_plan_is_shown_in_80_columns_and_stored(planner: CommandLine) -> None:
    answer = planner("plan", "--model", "resnet50", COLUMNS="80")

    assert answer.returncode == 0, answer
    assert answer.stderr.startswith("planning resnet50")
    assert max(map(len, answer.stdout.splitlines())) <= 80
    assert "conditional saving, quality not measured: " in answer.stdout
    with Store.open_existing(planner.folder / "results.db") as store:
        (plan,) = store.plans()
    assert f"planner plans show {plan.plan_id}" in " ".join(answer.stdout.split())


def test_a_plan_is_listed_shown_reproduced_and_deleted(ask: Ask) -> None:
    made = ask(*RESNET, "--json")
    document = planned(made.stdout)
    name = document.plan or ""

    assert document.schema == "planner.plan/2"
    assert ask("plans", "show", name[:4], "--json").stdout == made.stdout
    assert name in ask("plans", "list").stdout
    (listed,) = json.loads(ask("plans", "list", "--json").stdout)
    assert (listed["plan_id"], listed["headline"]) == (name, document.projections[0].headline)
    assert ask("plans", "reproduce").stdout == f"plan {name} reproduces to the cent\n"
    assert json.loads(ask("plans", "reproduce", name, "--json").stdout)["is_same"]
    shown = " ".join(ask("plans", "show", "--assumptions").stdout.split())
    for expected in (document.projections[0].headline, "a100-sxm4-40 · tf32", "stay and quantise", "fleet.headroom"):
        assert expected in shown
    assert ask("plans", "delete", name[:3]).stdout == f"plan {name} is deleted\n"
    assert "no plan is stored yet" in ask("plans", "list").stdout
    assert "no plan is stored yet" in refuses(ask("plans", "show"))


def test_a_plan_that_changed_is_told_with_exit_code_1(ask: Ask, store: Store) -> None:
    run_id = record_priced_run(store)
    assert ask("plan", "--quiet", "--run", run_id).returncode == 0
    stored = store.plan("latest")
    store.delete_plan("latest")
    document = stored.document.replace("quantising in place", r"\u001b[2Jdoing nothing")
    store.record_plan(replace(stored, headline="\x1b[2J", document=document))

    answer = ask("plans", "reproduce")

    assert answer.returncode == 1
    assert "is not what it was" in answer.stdout
    assert "headline: was" in answer.stdout
    for shown in (answer, ask("plans", "show"), ask("plans", "show", "--json"), ask("plans", "list")):
        assert "\x1b" not in shown.stdout
    store.delete(run_id)
    assert f"there is no run '{run_id}'" in refuses(ask("plans", "reproduce"))


def test_the_template_is_a_file_of_the_defaults_and_options_overrule_a_file(ask: Ask) -> None:
    Path("fleet.toml").write_text(ask("plan", "--template").stdout, encoding="utf-8")
    Path("mine.toml").write_text('[demand]\npeak = "100 requests/s"\n[fleet]\nheadroom = "20 %"\n', encoding="utf-8")

    plain, templated, mine = (
        planned(ask(*RESNET, "--no-store", "--json", *more).stdout)
        for more in ((), ("--assumptions", "fleet.toml"), ("--assumptions", "mine.toml", "--qps", "300"))
    )

    assert templated == plain
    stated = {line.name: line.text for line in mine.projections[0].assumptions}
    assert (stated["demand.peak"], stated["fleet.headroom"]) == ("300 requests/s", "20 %")
    assert not Path("results.db").exists()


def test_prices_of_ones_own_rule_one_plan_and_are_imported_nowhere(ask: Ask, store: Store) -> None:
    Path("ours.toml").write_text(OFFER.format(price="0.31 USD/h", as_of="2026-07-01"), encoding="utf-8")

    answer = ask(*RESNET, "--json", "--from", "t4", "--to", "t4", "--provider", "ours", "--prices", "ours.toml")

    (one,) = planned(answer.stdout).projections
    assert {column.fleet.price_per_hour for column in one.columns} == {"0.31"}
    assert store.price_books() == ()
    Path("ours.toml").unlink()
    assert ask("plans", "reproduce").returncode == 0


def test_nothing_of_what_others_named_reaches_the_terminal_raw(ask: Ask, store: Store) -> None:
    run_id = record_priced_run(store, workload_name="toy\x1b[2J\x9b\u202e")

    for arguments in (("plan", "--run", run_id), ("plans", "show"), ("plans", "list"), ("plans", "reproduce")):
        for more in ((), ("--json",)):
            answer = ask(*arguments, *more)
            assert answer.returncode == 0, answer
            assert {one for one in answer.stdout + answer.stderr if unicodedata.category(one) == "Cc"} <= {"\n"}
    store.record_price_book(PriceBook((make_offer(0.2, source="\x1b]0;x\x07"),)), label="\x1b[2J")
    assert r"source is '\x1b]0;x\x07'" in refuses(ask("plan"))


REFUSED = {
    "--from a100": "'a100' may mean a100-pcie-40, a100-pcie-80, a100-sxm4-40 or a100-sxm4-80",
    "--to t5": "there is no target 't5'",
    "--region eu-nowhere-1": "the regions with one are us-east-1",
    "--provider awss": "did you mean aws?",
    "--purchase spott": "the purchase options with one are on_demand",
    "--model resnet51": "did you mean resnet50",
    "--run ffff": "there is no run 'ffff'",
    "--run RUN --model resnet50": "a plan is about what runs measured or about published rates",
    "--run SIMULATED": "is simulated",
    "--run RUN --run OTHER": "measured different workloads",
    "--run RUN --to t4 --from t4": "is known on t4",
    "--qps -5": "demand.peak is '-5 requests/s': it must lie between",
    "--qps nan": "demand.peak is 'nan'",
    "--qps 1e13": "must lie between",
    "--qps 5000x": "whose unit is not known",
    "--slo p99=50": "without a unit",
    "--slo p99": "write a quantile and a time, such as p99=50ms",
    "--slo p99=1ms": "is stricter",
    "--run RUN --slo p99=1us": "was measured",
    "--instances 0": "from.instances is 0",
    "--seed -1": "write a whole number from 0",
    "--seed 99999999999999999999": "write a whole number from 0",
    "--variant int9": "'int9' is no precision, and no variant of the runs (did you mean int8",
    "--as-of 2999-01-01": "nobody knows them yet",
    "--as-of 2020-01-01": "a later one is not borrowed: the first is of 2025-04-28",
    "--as-of 2026-02-30": "write a date",
    "--from \x1b[2J": r"'\x1b[2J'",
    "--assumptions misspelt.toml": "'demand.peek' is no assumption; demand.peak is the nearest",
    "--assumptions unitless.toml": "without a unit",
    "--assumptions binary.toml": "not UTF-8 text",
    "--assumptions none.toml": "cannot be read",
    "--target-file binary.toml": "not UTF-8 text",
    "--target-file unitless.toml": "unitless.toml: 'demand' is not known",
    "--traffic binary.toml": "no UTF-8 text",
    "--prices binary.toml": "not UTF-8 text",
    "--prices free.toml": "price",
    "--prices early.toml": "2999-01-01",
    "--prices formula.csv": "formula",
}


@pytest.fixture
def files(tmp_path: Path, store: Store) -> dict[str, str]:
    """Files that are refused, and runs: their identifiers by the words that stand for them."""
    (tmp_path / "misspelt.toml").write_text('[demand]\npeek = "5 requests/s"\n')
    (tmp_path / "unitless.toml").write_text("[demand]\npeak = 5\n")
    (tmp_path / "binary.toml").write_bytes(b"\x00\xff\xfe\x01" * 50)
    (tmp_path / "free.toml").write_text(OFFER.format(price="0 USD/h", as_of="2026-07-01"))
    (tmp_path / "early.toml").write_text(OFFER.format(price="0.3 USD/h", as_of="2999-01-01"))
    (tmp_path / "formula.csv").write_text(price_table(ROW.replace("g4dn.xlarge", "=1+1")))
    return {
        "RUN": record_priced_run(store),
        "OTHER": record_priced_run(store, workload="other", workload_digest="ff" * 32),
        "SIMULATED": record_priced_run(store, is_simulated=True),
    }


def test_bad_input_is_refused_in_one_sentence_and_nothing_is_stored(
    ask: Ask, store: Store, files: dict[str, str]
) -> None:
    answers = {
        words: refuses(ask("plan", "--quiet", *(files.get(word, word) for word in words.split(" "))))
        for words in REFUSED
    }

    assert [(words, said) for words, said in answers.items() if REFUSED[words] not in said or len(said) > 1000] == []
    assert store.plans() == ()


def test_without_a_database_bad_input_makes_none(ask: Ask) -> None:
    assert "whose unit is not known" in refuses(ask("plan", "--qps", "5x"))
    assert "there is no database" in refuses(ask("plan", "--run", "latest"))
    assert not Path("results.db").exists()
