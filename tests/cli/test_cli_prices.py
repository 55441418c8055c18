"""`planner prices` and `planner targets`: tables, JSON, exit codes, and one's own prices in every answer.

Asked in this process, which has read the shipped tables already; one test asks as a user does.
"""

import csv
import json
from pathlib import Path

import pytest
from helpers.command_line import Ask, CommandLine, refuses
from helpers.offers import ROW, price_table

CONTRACT = """
[[offers]]
provider = "ours"
region = "fra1"
instance = "box"
target = "t4"
price = "0.31 USD/h"
as_of = 2026-07-01
source = "contract"
"""


def test_a_list_shows_prices_and_creates_nothing(planner: CommandLine, tmp_path: Path) -> None:
    answer = planner("prices", "list", "--target", "t4", "--as-of", "2025-05-01", "--purchase", "on_demand")

    assert answer.returncode == 0
    assert "g4dn.xlarge" in answer.stdout
    assert "2026" not in answer.stdout
    assert max(map(len, answer.stdout.splitlines())) <= 120
    assert list(tmp_path.iterdir()) == []


def test_the_comparison_shows_the_ratio_and_how_it_changed(ask: Ask) -> None:
    shown = ask("prices", "compare", "a100-sxm4-40", "t4").stdout

    for expected in ("7.79", "5.22", "−33.00 %", "p4d.24xlarge", "●", "attached to, so not compared"):
        assert expected in shown


def test_two_books_are_set_side_by_side(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(price_table(ROW.replace("0.526", "0.482")), encoding="utf-8")

    shown = ask("prices", "diff", "shipped", str(file)).stdout
    found = json.loads(ask("prices", "diff", "shipped", str(file), "--json").stdout)

    for expected in ("1 changed, 0 added", "$0.5260", "→ $0.4820", "▼ −8.37 %"):
        assert expected in shown
    assert [one["standing"] for one in found["differences"]][:2] == ["changed", "removed"]
    assert "0 removed, 392 the same" in ask("prices", "diff").stdout


def test_an_instance_and_a_device_are_shown_with_their_price_of_a_year(ask: Ask) -> None:
    assert "4,607.76" in ask("prices", "show", "g4dn.xlarge").stdout
    assert "0.22–0.82" in ask("prices", "show", "t4").stdout


def test_no_price_and_no_day_is_broken_in_80_columns(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for asked in (("list", "--target", "t4", "--provider", "aws"), ("show", "g4dn.xlarge"), ("show", "t4")):
        shown = ask("prices", *asked).stdout
        assert "$0.5260" in shown
        assert "2023-08-30 old" in shown
        assert max(map(len, shown.splitlines())) <= 80


def test_imported_prices_are_in_every_answer_until_they_are_forgotten(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(CONTRACT)

    imported = ask("prices", "import", "ours.toml", "--label", "our\x1b contract")
    digest = imported.stdout.strip()

    assert (imported.returncode, len(digest)) == (0, 64)
    listed = ask("prices", "list", "--provider", "ours")
    assert "$0.3100" in listed.stdout
    assert "our? contract" in listed.stdout
    (price,) = json.loads(ask("prices", "list", "--provider", "ours", "--json").stdout)["prices"]
    assert (price["per_hour"], price["per_device_hour"], price["target_id"]) == (0.31, 0.31, "t4")
    assert ask("prices", "forget", digest[:8]).returncode == 0
    assert "no price on ours" in refuses(ask("prices", "list", "--provider", "ours"))


def test_a_list_as_csv_can_be_read_again(ask: Ask, tmp_path: Path) -> None:
    table = ask("prices", "list", "--target", "t4", "--csv").stdout
    (tmp_path / "t4.csv").write_text(table)

    assert len(list(csv.DictReader(table.splitlines()))) == 28
    assert ask("prices", "import", "t4.csv").returncode == 0


@pytest.mark.parametrize(("price", "code", "told"), [("0.5", 0, "nothing looks wrong"), ("8.0", 1, "above the band")])
def test_lint_says_by_its_code_whether_something_was_found(
    ask: Ask, tmp_path: Path, price: str, code: int, told: str
) -> None:
    row = ROW.replace("aws,us-east-1", "ours,fra1").replace("0.526", price)
    (tmp_path / "mine.csv").write_text(price_table(row))

    answer = ask("prices", "lint", "mine.csv")

    assert answer.returncode == code
    assert told in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["prices", "list", "--as-of", "2999-01-01"], "has not come yet"),
        (["prices", "list", "--target", "a100"], "may mean"),
        (["prices", "list", "--provider", "awss"], "did you mean aws?"),
        (["prices", "compare", "t4", "t5"], "there is no target 't5'"),
        (["prices", "lint", "none.csv"], "cannot be read"),
        (["prices", "import", "none.csv"], "cannot be read"),
        (["prices", "show", "\x1b[2J"], "there is no target '\\x1b[2J'"),
        (["targets", "show", "v100"], "v100-pcie-32 or v100-sxm2-16"),
        (["targets", "list", "--target-file", "none.toml"], "cannot be read"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_sentence(
    ask: Ask, tmp_path: Path, arguments: list[str], told: str
) -> None:
    assert told in refuses(ask(*arguments))
    assert not (tmp_path / "results.db").exists()


def test_targets_are_listed_and_shown(ask: Ask) -> None:
    listed, shown = ask("targets", "list"), ask("targets", "show", "NVIDIA T4", "--json")

    assert {"a100-sxm4-40", "epyc-genoa", "graviton4"} <= set(listed.stdout.split())
    (target,) = json.loads(shown.stdout)["targets"]
    assert (target["target_id"], target["peaks_per_s"]["int8"]) == ("t4", 1.3e14)
