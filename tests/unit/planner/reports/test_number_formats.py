"""How a workbook shows a number: as the report's text does."""

from decimal import Decimal

import pytest

from planner.reports.figures import Bound, Figure, Mark, Number
from planner.reports.workbook.number_formats import number_format

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "unit", "text", "shown"),
    [
        (Decimal("1234.50"), "USD", "1,234.50 USD", '#,##0.00" USD"'),
        (Decimal("-1234.50"), "USD", f"{MINUS}1,234.50 USD", '#,##0.00" USD"'),
        (0.023, "1", "2.3 %", "#,##0.0%"),
        (0.512, "1", "51.2 % a year", '#,##0.0%" a year"'),
        (2.65, "1", "2.65×", '#,##0.00" ×"'),
        (0.4417, "years", "5.3 months", '#,##0.000" years"'),
        (0.00197, "s", "1.97 ms", '#,##0.00000" s"'),
        (3, "instances", "at least three", '#,##0" instances"'),
        (5.5, 'a"b', '5.5 a"b', '#,##0.0" a b"'),
    ],
)
def test_a_number_keeps_the_decimals_and_the_unit_of_its_text(value: Number, unit: str, text: str, shown: str) -> None:
    figure = Figure(key="k", value=value, unit=unit, text=text)
    assert number_format(figure, has_unit=True).split(";")[0] == shown


def test_a_bound_stands_in_front_and_the_word_of_a_mark_behind() -> None:
    figure = Figure(key="k", value=7, unit="1", text="≥ 7", bound=Bound.AT_LEAST, mark=Mark.ASSUMED)
    assert number_format(figure, has_unit=True, has_mark=True).split(";")[0] == '"≥ "#,##0" · assumed"'


def test_a_figure_that_follows_the_inputs_shows_no_other_figure_beside_it() -> None:
    figure = Figure(key="k", value=5563.0, unit="/s", text="5,563–5,575 /s")
    assert number_format(figure, has_unit=True, is_live=True).split(";")[0] == '#,##0" /s"'
