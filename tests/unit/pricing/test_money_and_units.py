"""Money and quantities: exact, in one currency and one dimension, and calm before hostile texts."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.errors import UnitError
from pricing.money import HourlyRate, Money, Number, exact
from pricing.units import Dimension, quantity

_AMOUNTS = st.decimals(-(10**12), 10**12, places=6).map(Money.of)
_NO_NUMBERS: list[Any] = [
    True, None, "12", "1e9", [1], float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"),
    10**10000, Decimal("1e41"), Decimal("1e-999999"), 1e300, Fraction(1, 3),
]  # fmt: skip


@pytest.mark.parametrize("number", _NO_NUMBERS, ids=lambda one: f"{type(one).__name__}")
def test_what_is_no_number_is_never_money(number: Number) -> None:
    with pytest.raises(UnitError) as refused:
        exact(number)
    assert len(str(refused.value)) < 120


def test_a_number_is_taken_as_it_is_written() -> None:
    assert exact(0.1) == Decimal("0.1")
    assert Money.of(0.1) + Money.of(0.2) == Money.of(0.3)
    assert HourlyRate.of(0.526).over(8760) == Money.of(4607.76)


@given(one=_AMOUNTS, other=_AMOUNTS, third=_AMOUNTS)
def test_sums_are_exact_in_any_order(one: Money, other: Money, third: Money) -> None:
    assert (one + other) + third == one + (other + third)
    assert (one + other) - other == one
    assert one + -one == Money.of(0)


@given(cents=st.integers(-(10**14), 10**14), parts=st.integers(1, 10**6))
def test_parts_of_an_amount_sum_to_it_to_the_cent(cents: int, parts: int) -> None:
    amount = Money.of(cents) / 100

    assert ((amount / parts) * parts).cents == amount.amount


def test_the_callers_decimal_settings_change_no_figure() -> None:
    with localcontext() as context:
        context.prec = 3

        year = HourlyRate.of(0.526).over(8760, count=100)

        assert (year + Money.of(0.01)).cents == Decimal("460776.01")
        assert (year / 7).cents == Decimal("65825.14")


def test_cents_are_rounded_half_to_even_and_nothing_has_no_sign() -> None:
    assert [str(Money.of(amount).cents) for amount in (0.005, 0.015, 0.025, -0.001)] == ["0.00", "0.02", "0.02", "0.00"]
    assert str((-Money.of(0)).cents) == "0.00"
    assert Money.of(10**39).cents == Decimal(10**39)


def test_two_currencies_never_meet() -> None:
    dollars, euros = Money.of(1), Money.of(1, "EUR")

    assert dollars != euros
    for meet in (
        lambda: dollars + euros,
        lambda: dollars - euros,
        lambda: dollars < euros,
        lambda: dollars >= euros,
        lambda: dollars.ratio(euros),
    ):
        with pytest.raises(UnitError, match="USD and EUR"):
            meet()


@pytest.mark.parametrize("currency", ["usd", "$", "", "USDX", "US\n", "\uff35SD", "\x1b[3", None, 7])
def test_a_currency_is_three_capital_letters(currency: Any) -> None:  # noqa: ANN401 - anything may be handed in
    with pytest.raises(UnitError) as refused:
        Money.of(1, currency)
    assert str(refused.value).isprintable()


def test_an_amount_meets_no_price_and_no_number() -> None:
    for other in (HourlyRate.of(1), 1, Decimal(1), None):
        with pytest.raises(TypeError):
            Money.of(1) + other  # type: ignore[operator] # what must not work


@pytest.mark.parametrize("amount", [1.5, 1, "1", Decimal("NaN"), Decimal("Infinity"), Decimal("1e101")])
def test_an_amount_that_was_not_built_from_a_number_is_refused(amount: Any) -> None:  # noqa: ANN401 - likewise
    for kind in (Money, HourlyRate):
        with pytest.raises(UnitError):
            kind(amount)


def test_nothing_divides_an_amount() -> None:
    for divide in (lambda: Money.of(1) / 0, lambda: HourlyRate.of(1).per(0), lambda: Money.of(1).ratio(Money.of(0))):
        with pytest.raises(UnitError):
            divide()


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("50 ms", Dimension.TIME, 0.05),
        ("5 µs", Dimension.TIME, 5e-6),
        ("5 \u03bcs", Dimension.TIME, 5e-6),
        ("3 months", Dimension.TIME, 7_884_000),
        ("5000 requests/s", Dimension.RATE, 5000),
        ("60 /min", Dimension.RATE, 1),
        ("16 GB", Dimension.SIZE, 16_000_000_000),
        ("16 GiB", Dimension.SIZE, 17_179_869_184),
        ("1,555 GB/s", Dimension.BANDWIDTH, 1.555e12),
        ("0.4kW", Dimension.POWER, 400),
        ("8.178 GFLOP", Dimension.OPERATIONS, 8.178e9),
        ("$1,000,000", Dimension.MONEY, 1e6),
        ("$8000/year", Dimension.HOURLY, 8000 / 8760),
        ("$730/month", Dimension.HOURLY, 1),
        ("$0.12/kWh", Dimension.ENERGY_PRICE, 0.12),
        ("$ 0.12 /kWh", Dimension.ENERGY_PRICE, 0.12),
        ("7 ct/kWh", Dimension.ENERGY_PRICE, 0.07),
        ("369.5 kg/MWh", Dimension.CARBON, 369.5),
        ("57 %", Dimension.SHARE, 0.57),
        (".3", Dimension.SHARE, 0.3),
        ("13B", Dimension.COUNT, 13e9),
        ("1_000e3", Dimension.COUNT, 1e6),
        (3, Dimension.COUNT, 3),
        ("\t5\u00a0ms\n", Dimension.TIME, 0.005),
    ],
)
def test_a_quantity_is_the_float_nearest_to_what_was_written(text: object, dimension: Dimension, value: float) -> None:
    assert quantity(text, dimension, name="it") == value


@pytest.mark.parametrize(("text", "value"), [("-5 ms", -0.005), ("+5 ms", 0.005), ("-0 ms", 0.0)])
def test_a_sign_is_read_and_left_to_the_caller(text: str, value: float) -> None:
    assert str(quantity(text, Dimension.TIME, name="it")) == str(value)
    assert quantity("-$5", Dimension.MONEY, name="it") == -5


_HOSTILE: list[object] = [
    "", "   ", "ms", "50", "50 mss", "3 MS", "5 5 ms", "5. s", "1e999 ms", "1e-400 s", "1e99999 s", "1e 3 s", "0x10 s",
    "nan s", "inf s", "٣ ms", "½ s", "1,5 s", "1,,000 s", "12,34 s", "1__0 s", "5\u200bms", "5 m\x00s", "\x1b[31m5 ms",
    "5 \x1b[31mms", "5 ms\u202e", "5 \ud800", "9" * 10_000, "9" * 10_000 + " ms", "5 " + "m" * 10**6, "5" + " " * 10**5,
    "$" * 10_000, "$$5", "$5 ms", "--5 ms", 5, 5.0, 10**10_000, -(10**10_000), float("nan"), float("-inf"), True, None,
    b"5 ms", [1], {"a": [[]]}, object(),
]  # fmt: skip


@pytest.mark.parametrize("text", _HOSTILE, ids=range(len(_HOSTILE)))
def test_what_is_no_time_ends_in_a_short_sentence_that_shows_what_to_write(text: object) -> None:
    with pytest.raises(UnitError) as refused:
        quantity(text, Dimension.TIME, name="the limit")

    sentence = str(refused.value)
    assert sentence.startswith("the limit is ")
    assert sentence.isprintable()
    assert len(sentence) < 220


@given(st.text("0159.,_eE+-$%/ msGBikWhUSD\x00\x1b\u202e\u0663\u03bc", max_size=12), st.sampled_from(Dimension))
def test_any_text_is_a_finite_quantity_or_a_sentence(text: str, dimension: Dimension) -> None:
    try:
        assert abs(quantity(text, dimension, name="it")) < float("inf")
    except UnitError as refused:
        assert str(refused).isprintable()  # noqa: PT017 - most texts are refused, some are quantities


@given(st.integers(-(10**9), 10**9), st.sampled_from(["ns", "us", "ms", "s", "min", "h"]))
def test_a_time_grows_with_its_number(number: int, unit: str) -> None:
    assert quantity(f"{number} {unit}", Dimension.TIME, name="it") < quantity(
        f"{number + 1} {unit}", Dimension.TIME, name="it"
    )


def test_a_quantity_of_another_dimension_is_named() -> None:
    with pytest.raises(UnitError, match=r"measures time, and rate of requests is needed: write .*requests/s"):
        quantity("50 ms", Dimension.RATE, name="the load")
    with pytest.raises(UnitError, match="whose unit is not known"):
        quantity("0.12 EUR/kWh", Dimension.ENERGY_PRICE, name="the price")
