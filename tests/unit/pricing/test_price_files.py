"""Price files of one's own: what is read from them exactly, and what is refused, naming file and row."""

import os
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from helpers.offers import COLUMNS, OFFER, ROW, make_offer, price_table
from hypothesis import given
from hypothesis import strategies as st

from pricing.book import PriceBook, per_device_hour, read_book, shipped_book, write_csv
from pricing.book.offers import as_fraction
from pricing.errors import BookError
from pricing.money import HourlyRate, Money

TODAY = date(2026, 11, 28)
CONTRACT = """
[[offers]]
provider = "our contract"
region = "fra1"
instance = "4 x A100"
target = "A100-SXM4-40GB"
devices = 4
vcpus = 96
memory = "384 GiB"
price = "1.90 EUR/h"
price_per = "device"
as_of = 2026-11-01
source = "contract"
"""
OWNED = """
[[owned]]
name = "rack 7"
target = "a100-pcie-80"
capex = "15000 USD"
life = "4 years"
as_of = 2026-11-01
source = "invoice"
"""


def read(folder: Path, text: str, name: str = "prices.csv") -> PriceBook:
    (folder / name).write_text(text, encoding="utf-8")
    return read_book(folder / name, today=TODAY)


def test_a_written_table_is_read_back_as_the_same_book(tmp_path: Path) -> None:
    assert read(tmp_path, write_csv(shipped_book())) == shipped_book()


def test_a_row_is_read_as_it_is(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + price_table()).offers == (OFFER,)


def test_columns_that_tell_nothing_may_be_left_out(tmp_path: Path) -> None:
    header = "provider,region,instance_type,gpu,gpu_count,purchase_option,currency,price_per_hour,as_of,source"

    (offer,) = read(tmp_path, price_table("aws,us-east-1,x,L4,1,on_demand,USD,1,2026-07-20,s", header=header)).offers

    assert (offer.target_id, offer.vcpus, offer.memory_gib, offer.is_rentable_alone) == ("l4", None, None, True)


def test_a_card_whose_form_factor_is_not_said_has_no_target(tmp_path: Path) -> None:
    (offer,) = read(tmp_path, price_table(ROW.replace(",t4,T4,", ",,A100-40GB,"))).offers

    assert (offer.target_id, offer.device) == (None, "A100-40GB")


def test_a_cpu_instance_is_known_by_its_cpu(tmp_path: Path) -> None:
    row = ROW.replace(",t4,T4,1,", ",,,0,").replace(",16.0,,", ",16.0,AMD EPYC Genoa,")

    (offer,) = read(tmp_path, price_table(row)).offers

    assert (offer.target_id, offer.device, per_device_hour(offer)) == ("epyc-genoa", "AMD EPYC Genoa", None)


@given(st.integers(1, 16).flatmap(lambda parts: st.tuples(st.integers(1, parts), st.just(parts))))
def test_a_part_of_a_device_written_with_four_digits_is_read_as_the_part(part: tuple[int, int]) -> None:
    from pricing.book.fields import _share  # noqa: PLC0415 - the reading alone, without a file for each example
    from pricing.money import exact  # noqa: PLC0415

    meant = Fraction(*part)

    assert _share(exact(round(part[0] / part[1], 4))) == meant
    assert as_fraction(float(meant)) == meant


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("0.526", "0", "price_per_hour is '0': write a positive number"),
        ("0.526", "-1", "price_per_hour is '-1'"),
        ("0.526", "nan", "price_per_hour is 'nan'"),
        ("0.526", "inf", "price_per_hour is 'inf'"),
        ("0.526", "$0.526", "without a unit"),
        ("0.526", '"0,526"', "price_per_hour is '0,526'"),
        ("0.526", "9" * 5000, "price_per_hour is '9999"),
        ("USD", "usd", "currency is 'usd': write a code of ISO 4217"),
        ("USD", "XXX", "currency is 'XXX'"),
        ("2026-07-20", "2026-11-29", "as_of is '2026-11-29': write a day that has come: today is 2026-11-28"),
        ("2026-07-20", "20.7.2026", "as_of is '20.7.2026'"),
        ("2026-07-20", "20260720", "as_of is '20260720'"),
        ("on_demand", "ondemand", r"purchase_option is 'ondemand'.*did you mean on_demand\?"),
        (",t4,", ",a100,", "'a100' may mean a100-pcie-40"),
        (",t4,", ",t5,", "there is no target 't5'"),
        (",1,4,", ",1.5,4,", "gpu_count is '1.5'"),
        (",1,4,", ",one,4,", "gpu_count is 'one'"),
        (",16.0,", ",16 GB,", "memory_gib is '16 GB': write a positive number of GiB"),
        (",yes,", ",maybe,", "rentable_alone is 'maybe'"),
        ("a list", "=1+1", "source is '=1\\+1': write a text that a spreadsheet takes for no formula"),
        ("a list", "@SUM(A1)", "takes for no formula"),
        ("a list", " +1", "takes for no formula"),
        ("a list", "\x1b[2J", "without control characters"),
        ("a list", "x" * 301, "at most 300 characters"),
        ("a list", "", "source is missing"),
        (",USD", "", "has 14 cells where the first line names 15 columns"),
    ],
)
def test_a_row_that_is_no_price_is_refused_with_file_and_row(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    assert before in ROW
    with pytest.raises(BookError, match=rf"prices\.csv line 3.*{told}") as refusal:
        read(tmp_path, price_table(ROW.replace("xlarge", "2xlarge"), ROW.replace(before, after)))
    assert len(str(refusal.value)) < 400
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (COLUMNS.replace("region", "regoin"), r"'regoin' is not known \(did you mean region\?\)"),
        (COLUMNS.replace("memory_gib", "memory_gb"), "memory is stated in GiB"),
        (COLUMNS.replace("price_per_hour", "price_per_gpu_hour"), "a price is per hour of one instance"),
        (COLUMNS.replace(",source", ""), "the column source is missing"),
        (COLUMNS.replace("vcpus", "gpu"), "the column 'gpu' is there twice"),
        ("", "the column provider is missing"),
    ],
)
def test_a_table_with_other_columns_is_refused(tmp_path: Path, header: str, told: str) -> None:
    with pytest.raises(BookError, match=rf"prices\.csv.*{told}"):
        read(tmp_path, price_table(header=header))


def test_two_prices_of_one_thing_are_refused_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"prices\.csv: .*g4dn.xlarge.*has two prices of 2026-07-20"):
        read(tmp_path, price_table(ROW, ROW.replace("0.526", "0.6")))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("prices.csv", b"\xff\xfe", "is not UTF-8 text"),
        ("prices.csv", b'a,"b\n', "cannot be read as CSV"),
        ("prices.csv", b"x" * 4_000_001, "more than 4,000,000 bytes"),
        ("prices.xlsx", b"", "a price book is a .csv or a .toml file"),
        ("prices.toml", b"", "holds no price"),
        ("prices.toml", b"=", "cannot be read as TOML"),
        ("prices.toml", b"a." * 5000 + b"a = 1", "a key there has more than 32 parts"),
        ("prices.toml", b"a = " + b"[" * 5000, "nested too deeply"),
        ("prices.toml", b"offers = 1", "write each as"),
        ("prices.toml", b"[[offer]]", r"'offer' is not known \(did you mean offers"),
    ],
)
def test_what_is_no_price_file_is_refused_in_words(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BookError, match=told):
        read_book(tmp_path / name, today=TODAY)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"none\.csv cannot be read: No such file"):
        read_book(tmp_path / "none.csv", today=TODAY)


def test_a_pipe_that_nobody_writes_to_is_told_and_one_that_is_written_to_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "silent.toml")
    with pytest.raises(BookError, match=r"silent\.toml holds no price"):
        read_book(tmp_path / "silent.toml", today=TODAY)

    reading, writing = os.pipe()
    os.write(writing, price_table(ROW).encode())
    os.close(writing)
    (tmp_path / "piped.csv").symlink_to(f"/proc/self/fd/{reading}")
    assert read_book(tmp_path / "piped.csv", today=TODAY).offers == (OFFER,)
    os.close(reading)


def test_a_contract_is_priced_by_the_device_where_it_says_so(tmp_path: Path) -> None:
    (offer,) = read(tmp_path, CONTRACT, "contract.toml").offers

    assert (offer.target_id, offer.purchase, offer.memory_gib) == ("a100-sxm4-40", "contract", 384.0)
    assert offer.rate == HourlyRate.of(7.6, "EUR")
    assert per_device_hour(offer) == HourlyRate.of(1.9, "EUR")


def test_hardware_of_ones_own_is_kept_apart_from_rented(tmp_path: Path) -> None:
    book = read(tmp_path, OWNED, "own.toml")

    (owned,) = book.owned
    assert book.offers == ()
    assert (owned.capex, owned.life_years, owned.residual) == (Money.of(15000), 4.0, Money.of(0))


@pytest.mark.parametrize(
    ("text", "before", "after", "told"),
    [
        (CONTRACT, 'price = "1.90 EUR/h"', "price = 1.9", "offers 1: price is missing, or without a unit"),
        (CONTRACT, "1.90 EUR/h", "1.90 EUR", "price per hour is needed"),
        (CONTRACT, 'price_per = "device"', "", "with '4' devices say what the price is for"),
        (CONTRACT, "384 GiB", "384", "memory is '384', without a unit"),
        (CONTRACT, "vcpus = 96", "vcpu = 96", r"'vcpu' is not known \(did you mean vcpus\?\)"),
        (CONTRACT, "vcpus = 96", 'capex = "1 USD"', "capex is what bought hardware has"),
        (CONTRACT, "vcpus = 96", "vcpus = [96]", "vcpus is a list: write a text"),
        (CONTRACT, "2026-11-01", "2027-11-01", "write a day that has come"),
        (CONTRACT, "A100-SXM4-40GB", "a100", "'a100' may mean"),
        (OWNED, "15000 USD", "15000", "capex is '15000', without a unit"),
        (OWNED, "15000 USD", "-1 USD", "owned 1: .*capex|capital price must be positive"),
        (OWNED, "4 years", "4", "life is '4', without a unit"),
        (OWNED, "4 years", "400 years", "owned 1: a life of 400 years is none"),
        (OWNED, 'source = "invoice"', "", "source is missing"),
    ],
)
def test_a_table_that_is_no_contract_is_refused_with_file_and_table(
    tmp_path: Path, text: str, before: str, after: str, told: str
) -> None:
    assert before in text
    with pytest.raises(BookError, match=rf"own\.toml, .*({told})"):
        read(tmp_path, text.replace(before, after), "own.toml")


def test_a_written_table_holds_no_formula() -> None:
    sources = ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "harmless")
    book = PriceBook(tuple(make_offer(instance=f"i{n}", source=one) for n, one in enumerate(sources)))

    rows = [line.split(",") for line in write_csv(book).replace('"', "").splitlines()[1:] if "," in line]

    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert replace(OFFER, source="harmless", instance="i7") in book.offers
