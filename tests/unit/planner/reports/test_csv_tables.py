"""Tables as CSV: a spreadsheet reckons none of their text, and a program reads all of their numbers."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

from helpers.report_samples import HOSTILE, sample, usd
from helpers.report_sums import PLAIN, calculation_of, report_of

from planner.reports.csv_tables import files
from planner.reports.document import Heading, Row, Section, Table
from planner.reports.figures import Bound, Figure, Words


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def test_every_table_is_a_file_with_all_its_rows_and_values_with_their_units() -> None:
    found = files(sample(rows=1000))
    assert set(found) == {"tables/fleets.csv", "tables/names.csv", "tables/classes.csv", "figures.csv", "costs.csv"}
    assert len(rows_of(found["tables/classes.csv"])) == 1001
    head, first, *_ = rows_of(found["tables/fleets.csv"])
    assert head == ["Quantity", "stay", "stayUnit", "stayMark", "move", "moveUnit", "moveMark"]
    assert first == ["a year", "1538791.55", "USD", "derived", "645086.40", "USD", "derived"]


def test_no_text_begins_as_a_formula_and_no_control_character_is_left() -> None:
    found = rows_of(files(sample())["tables/names.csv"])[1:]
    assert [row[0] for row in found[:5]] == [
        "<script>alert(1)</script>", "'=HYPERLINK(\"http://x\",\"y\")", "'+1+1|cmd", "'-2", "'@SUM(A1)",
    ]  # fmt: skip
    for (name, _), wild in zip(found, HOSTILE, strict=True):
        assert not name.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert not set(name) & {"\x00", "\x1b", "\u202e"}
        assert wild.lstrip("\u202e")[:1] in name[:2]


def test_a_negative_amount_is_a_plain_number_and_a_bound_stands_beside_it() -> None:
    cells = (usd("a", Decimal("-1234.5"), bound=Bound.AT_LEAST), Figure(key="b", value=None, unit="USD", text="−"))
    table = Table(
        key="../x y",
        title="t",
        headings=(Heading(title="a", key="a"), Heading(title="b", key="a")),
        rows=(Row(cells=cells), Row(cells=(Words(text="=1"),))),
    )
    report = replace(sample(), sections=(Section(key="s", title="s", blocks=(table,)),))
    found = files(report)["tables/_x_y.csv"]
    assert rows_of(found) == [
        ["a", "aUnit", "aBound", "a_2", "aUnit_2"],
        ["-1234.50", "USD", "≥", "−", "USD"],
        ["'=1", "", "", "", ""],
    ]
    assert found.count(b"\r\n") == found.count(b"\n") == 3


def test_figures_csv_has_every_figure_once() -> None:
    report = sample()
    head, *rows = rows_of(files(report)["figures.csv"])
    assert head == ["key", "value", "unit", "text", "mark", "bound", "rests_on"]
    assert [row[0] for row in rows] == [*report.figures()]


def test_costs_have_columns_of_focus_and_own_ones_with_its_prefix() -> None:
    head, *rows = rows_of(files(report_of(calculation_of(PLAIN)))["costs.csv"])
    costs = [dict(zip(head, row, strict=True)) for row in rows]
    assert [one["x_FleetId"] for one in costs] == ["stay", "quantise", "move"]
    assert costs[0]["EffectiveCost"] == "1538791.55"
    assert costs[0]["PricingQuantity"] == "70080"
    assert {name for name in head if not name.startswith("x_")} == {
        "BillingCurrency", "ChargeCategory", "ChargeDescription", "ChargeFrequency", "EffectiveCost", "PricingCurrency",
        "PricingQuantity", "PricingUnit", "ServiceCategory",
    }  # fmt: skip
