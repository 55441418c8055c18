"""Prices: browsed, filtered, judged, compared, brought along, and asked for."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.app import NARROW, Driver, drive
from helpers.forms import fill, finish
from helpers.offers import price_table
from helpers.price_server import PriceServer
from helpers.price_services import TODAY, azure_items, azure_page

from planner.store import Store
from planner.tui.remembering import Memory
from planner.tui.themes import LIGHT
from planner.tui.widgets.grid import Grid
from pricing.book import PriceBook, read_book

_OWN = "aws,us-east-1,g4dn.xlarge,t4,T4,1,4,16.0,,yes,on_demand,USD,0.482,2026-11-20,our account team"


@pytest.fixture(scope="module")
def server() -> Iterator[PriceServer]:
    one = PriceServer()
    yield one
    one.close()


def _import(database: Path, file: Path) -> PriceBook:
    book = read_book(file, today=TODAY)
    with Store.open(str(database)) as store:
        store.record_price_book(book, label=file.name)
    return book


def _books(database: Path) -> tuple[PriceBook, ...]:
    with Store.open_existing(str(database)) as store:
        return tuple(store.price_book(record.digest) for record in store.price_books())


def test_a_list_that_was_filled_unseen_fits_its_room_when_it_is_seen(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        await app.settled()
        await app.until(lambda: app.shows("4 columns without room"), "what fits")
        prices = app.app.screen.query_one("#prices-list", Grid)
        prices.display = False
        await app.until(lambda: not app.shows("columns without room"), "that it is hidden")
        prices.redraw()
        prices.display = True
        await app.until(lambda: app.shows("4 columns without room"), "what fits again")

    drive(tmp_path / "results.db", steps, view="prices")


def test_prices_are_gone_through_compared_and_found_odd(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        await app.settled()
        await app.until(lambda: app.shows("392 prices", "2 findings", "d device any"), "every price")
        await app.press("d", "o")
        await app.until(lambda: app.shows("device t4", "option spot", "a shows all", "✓ fresh 3 mo"), "few")
        await app.press("enter")
        await app.until(lambda: app.shows("this price over time", "▼ −26.96 %", "2026-05-17"), "its history")
        await app.press("escape", "o")
        await app.until(lambda: app.shows("option spot_estimate", "! old"), "the next option")
        await app.press("f")
        await app.until(lambda: app.shows("aws us-east-1, reserved_1y_all_upfront"), "the findings")
        await app.press("enter")
        await app.until(lambda: app.shows("only what R13 found", " · 34"), "the prices of one")
        await app.press("a", "c")
        await fill(app, one="t4", other="a100")
        await app.until(lambda: app.shows("! 'a100' may mean"), "what is wrong")
        await fill(app, other="a100-sxm4-40")
        await app.press("enter", "enter", "o", "enter")
        await app.until(lambda: app.shows("t4 and a100-sxm4-40, on_demand", "ratio"), "both")
        await app.press("escape")
        await app.until(lambda: app.shows("sorted by device-h"), "the list")

    drive(tmp_path / "none.db", steps, view="prices", size=NARROW, theme=LIGHT.name)


def test_another_view_opens_the_prices_that_it_rests_on(tmp_path: Path) -> None:
    memory = Memory()

    async def steps(app: Driver) -> None:
        memory.of("prices")["filter"] = "p4d.24xlarge"
        await app.press("4")
        await app.until(lambda: app.shows("filter: p4d.24xlarge", "8 × a100-sxm4-40"), "that instance")
        assert "filter" not in memory.of("prices")

    drive(tmp_path / "none.db", steps, view="results", memory=memory)


def test_a_file_is_brought_compared_and_forgotten(tmp_path: Path) -> None:
    database, file = tmp_path / "results.db", tmp_path / "own.csv"
    file.write_text(price_table(_OWN, _OWN.replace("0.482", "-1")), encoding="utf-8")

    async def steps(app: Driver) -> None:
        await app.settled()
        await app.press("i")
        await fill(app, file=str(file))
        await finish(app)
        await app.until(lambda: app.shows("own.csv line 3:", "'-1'"), "what is wrong")
        assert not database.exists()
        file.write_text(price_table(_OWN), encoding="utf-8")
        await finish(app)
        await app.until(lambda: app.shows("the shipped book + 1 of yours"), "it is in force")
        await app.press("b", "down")
        await app.until(lambda: app.shows("own.csv against shipped", "1 changed", "▼ −8.37 %"), "what it changes")
        assert app.shows("0 removed", "shipped prices that it does not state stay")
        await app.press("D", "y")
        await app.until(lambda: app.shows("the shipped book (b)"), "it is forgotten")

    drive(database, steps, view="prices")
    assert _books(database) == ()


def test_one_price_is_added_through_the_reader_of_files(tmp_path: Path) -> None:
    database = tmp_path / "results.db"

    async def steps(app: Driver) -> None:
        await app.settled()
        await app.press("n")
        await fill(app, target="a100-sxm4-80", devices="8", provider="ours", region="fra1", instance="rack 7")
        await fill(app, price="15.20 USD", source="contract 4711")
        await finish(app)
        await app.until(lambda: app.shows("see above", "! price is '15.20 USD'"), "what is wrong")
        await fill(app, price="15.20 USD/h")
        await finish(app)
        await app.until(lambda: app.shows("the shipped book + 1 of yours"), "it is in force")

    drive(database, steps, view="prices")
    ((offer,),) = (book.offers for book in _books(database))
    assert (offer.target_id, offer.devices, float(offer.rate.amount)) == ("a100-sxm4-80", 8.0, 15.2)
    assert (offer.purchase, offer.as_of) == ("contract", TODAY)


def test_services_are_asked_cancelled_and_told_of_where_they_fail(tmp_path: Path, server: PriceServer) -> None:
    database = tmp_path / "results.db"
    address = server.answers(lambda handler: handler.send(503, b"", Retry_After="90"))
    items = [*azure_items("eastus", factor=0.9), *azure_items("westeurope", factor=0.9)]

    async def ask(app: Driver) -> None:
        await app.press("u", "right")
        await fill(app, source=address)
        await finish(app)

    async def steps(app: Driver) -> None:
        await app.settled()
        await ask(app)
        await app.until(lambda: app.shows("x cancels", "trying again in 90"), "how far it is")
        await app.press("x")
        await app.until(lambda: not app.shows("x cancels"), "it is over")
        server.answers(lambda handler: handler.send(404, b""))
        await ask(app)
        await app.until(lambda: app.shows("! not every service gave prices", "answers HTTP 404"), "the failure")
        assert _books(database) == ()
        server.answers(lambda handler: handler.send(200, azure_page(items)))
        await ask(app)
        await app.until(lambda: app.shows("stored as of 2026-11-28", "▼ −10.00 %", "+ 1 of yours"), "what came of it")

    drive(database, steps, view="prices")
    assert len(_books(database)) == 1


def test_what_strangers_wrote_is_shown_harmlessly_and_what_is_damaged_hides_nothing(tmp_path: Path) -> None:
    database, many, own = tmp_path / "results.db", tmp_path / "[red]many.csv", tmp_path / "own.csv"
    rows = [
        f"[bold]ours[/],עברית,[@click=app.quit]i{number}[/],t4,T4,1,4,16.0,,yes,contract,USD,0.0{number + 1000},"
        "2026-11-20,$HOME"
        for number in range(2_000)
    ]
    many.write_text(price_table(*rows), encoding="utf-8")
    own.write_text(price_table(_OWN), encoding="utf-8")
    _import(database, many)
    damaged = _import(database, own).digest
    with sqlite3.connect(database) as behind:
        behind.execute("UPDATE price_books SET content = x'00' WHERE digest = ?", (damaged,))

    async def steps(app: Driver) -> None:
        await app.settled()
        await app.until(lambda: app.shows("2,392 prices", "[bold]ours[/]", "[@click=app.quit]i0[/]"), "all of them")
        assert app.shows("! the imported book own.csv is left out", "b lists the books")
        await app.press("b", "down")
        await app.until(lambda: app.shows("[red]many.csv against shipped", "2,000 added"), "the book")
        await app.press("down")
        await app.until(lambda: app.shows("! damaged", "It is left out of the prices"), "the other one")

    drive(database, steps, view="prices")
