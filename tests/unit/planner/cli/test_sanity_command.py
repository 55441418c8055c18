"""`planner sanity`: files of one's own, waivers and what becomes of them, the template, words that are none."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from helpers.stores import open_store

from harness.errors import UsageError
from planner.cli.parser import build_parser
from planner.cli.sanity import sanity
from planner.services.sanity import check
from planner.store.waivers import Waiver
from pricing.book import shipped_book
from pricing.errors import ClaimError
from pricing.sanity.shipped import article_claims
from pricing.targets import shipped_targets

_CLAIMS = """as_of = 2026-07-30
[[claim]]
id = "rent"
says = "a T4 for $8,000 a year"
kind = "annual-cost"
device = "t4"
cost = "8000 USD/year"
"""
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    path = tmp_path / "claims.toml"
    path.write_text(_CLAIMS, encoding="utf-8")
    return path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in a folder of its own: its exit code, and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLANNER_DB", str(tmp_path / "results.db"))
    monkeypatch.setenv("COLUMNS", "150")

    def command(*arguments: str) -> tuple[int, str]:
        code = sanity(build_parser().parse_args(["sanity", *arguments]))
        return code, capsys.readouterr().out

    return command


def test_the_example_is_judged_with_reasons_and_counts(run: Command, tmp_path: Path) -> None:
    code, printed = run()

    told = " ".join(printed.split())
    assert code == 1
    assert "t4-facts ✗ impossible R6 R13" in told
    assert "vit-large-cpu ! holds, in part incomplete R5 R15" in told
    assert "32 × 8.178 GFLOP / 8.2 ms = 31.91 TFLOP/s" in told
    assert "13 claims: 5 impossible" in told
    assert not list(tmp_path.glob("*.db"))


def test_a_waiver_is_shown_until_the_claim_changes(run: Command, claims: Path) -> None:
    code, printed = run("claims.toml", "--json")
    before = json.loads(printed)
    assert (code, before["schema"], before["claims"][0]["verdict"]) == (1, "planner.sanity/1", "implausible")
    assert before["claims"][0]["waiver"] is None

    code, waived = run("waive", "rent", "claims.toml", "--by", "A. Name", "--note", "our \x1b[31mcontract")
    assert code == 0
    assert "\x1b" not in waived

    code, after = run("claims.toml")
    assert code == 0
    assert "! implausible, waived" in after
    assert "waived by A. Name on 20" in after
    assert "1 of 1 faults waived" in after
    assert run("waivers")[1].startswith("rent (R13, claim ")
    assert json.loads(run("waivers", "--json")[1])["waivers"][0]["by"] == "A. Name"

    claims.write_text(_CLAIMS.replace("8000 USD", "9000 USD"), encoding="utf-8")
    code, changed = run("claims.toml", "--json")
    assert code == 1
    assert json.loads(changed)["claims"][0]["waiver"] is None


def test_a_claim_that_holds_passes_and_has_nothing_to_waive(run: Command, claims: Path, tmp_path: Path) -> None:
    claims.write_text(_CLAIMS.replace("8000 USD", "4600 USD"), encoding="utf-8")

    assert run("claims.toml")[0] == 0
    assert run("waivers") == (0, "nothing is waived\n")
    assert not (tmp_path / "results.db").exists()
    with pytest.raises(UsageError, match="claim rent holds: there is nothing to waive"):
        run("waive", "rent", "claims.toml", "--by", "A", "--note", "x")


def test_a_claim_is_incomplete_where_only_its_unit_is_missing(run: Command, claims: Path) -> None:
    claims.write_text(_CLAIMS.replace('"8000 USD/year"', "8000"), encoding="utf-8")

    code, printed = run("claims.toml")

    assert code == 1
    assert "cost is 8000, without a unit" in printed


@pytest.mark.parametrize("by_and_note", [(" ", "x"), ("A", "\u200b"), ("A" * 101, "x"), ("A", "x" * 501)])
def test_a_waiver_without_a_name_or_a_reason_is_refused(
    run: Command, claims: Path, by_and_note: tuple[str, str]
) -> None:
    by, note = by_and_note

    with pytest.raises(UsageError, match=r"is empty|at most"):
        run("waive", "rent", claims.name, "--by", by, "--note", note)
    assert not claims.with_name("results.db").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.toml", "b.toml"], "more than one file"),
        (["waive"], "waive which claim"),
        (["waive", "a", "b.toml", "c"], "waive which claim"),
        (["waive", "a"], "a name and a reason"),
        (["a.toml", "--by", "A"], "belong to a waiver"),
        (["--template", "a.toml"], "leave the other words out"),
        (["claims.toml", "--as-of", "2999-01-01"], "has not come yet"),
        (["waive", "rnt", "claims.toml", "--by", "A", "--note", "x"], "did you mean rent"),
        (["missing.toml"], "missing.toml cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Command, claims: Path, arguments: list[str], says: str) -> None:
    assert claims.exists()
    with pytest.raises((UsageError, ClaimError), match=says):
        run(*arguments)


def test_the_prices_of_a_file_of_ones_own_count(run: Command, claims: Path) -> None:
    contract = """[[offers]]
provider = "ours"
region = "fra1"
instance = "4 x T4"
target = "t4"
devices = 4
price = "1 USD/h"
price_per = "device"
as_of = 2026-07-01
purchase = "on_demand"
source = "contract"
"""
    claims.with_name("contract.toml").write_text(contract, encoding="utf-8")

    assert run("claims.toml", "--prices", "contract.toml")[0] == 0


def test_the_template_can_be_judged_as_it_is(run: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(run("--template")[1], encoding="utf-8")

    assert run("mine.toml", "--as-of", "2026-07-30")[0] == 0


@pytest.mark.parametrize(
    ("rules", "is_covered"), [(("R13",), False), (("R1", "R5"), True), (("R1", "R5", "R7"), True), (("R1",), False)]
)
def test_a_waiver_covers_the_rules_that_it_was_given_for(rules: tuple[str, ...], *, is_covered: bool) -> None:
    article = article_claims()
    claim = next(one for one in article.claims if one.claim_id == "resnet50-t4-fp32")
    waiver = Waiver(
        claim_id="another name", digest=claim.digest, rules=rules, by="A", note="x", moment=datetime.now(UTC)
    )

    report = check(article, as_of=date(2026, 7, 30), book=shipped_book(), targets=shipped_targets(), waivers=[waiver])

    assert {one.id for one in report.claims if one.waiver} == ({"resnet50-t4-fp32"} if is_covered else set())
    assert report.exit_code == 1


def test_waivers_are_kept_in_the_order_in_which_they_were_given(tmp_path: Path) -> None:
    with open_store(tmp_path / "waived.db") as store:
        for note in ("first", "second"):
            store.record_waiver("a", "0" * 64, rules=("R1", "R13"), by="A", note=note)

        assert [one.note for one in store.waivers()] == ["first", "second"]
        assert store.waivers()[0].rules == ("R1", "R13")
