"""Sanity: claims judged, a file mended under the eyes of the app, and waivers."""

from pathlib import Path

from helpers.app import NARROW, Driver, drive
from helpers.forms import fill, finish

from planner.store import Store
from planner.tui.remembering import Memory
from planner.tui.themes import LIGHT

_CLAIMS = """
title = "ours [red]and[/] theirs"

[[claim]]
id = "t4-power"
says = "a T4 draws 250 W [/]"
kind = "device-facts"
device = "t4"
power = "250 W"
"""


def test_claims_are_judged_and_a_file_is_written_broken_and_mended(tmp_path: Path) -> None:
    file, memory = tmp_path / "claims.toml", Memory()

    async def steps(app: Driver) -> None:
        await app.settled()
        await app.until(lambda: app.shows("13 claims, 11 faults, 0 waived", "✗ impossible", "t4-facts"), "the claims")
        assert app.shows("250 W / 70 W = 3.57")
        await app.press("d")
        await fill(app, as_of="2027-01-01")
        await app.until(lambda: app.shows("has not come yet"), "no day")
        await fill(app, as_of="2025-05-01")
        await finish(app)
        await app.until(lambda: app.shows("prices as of 2025-05-01"), "another day")
        await app.press("n")
        await fill(app, file=str(file))
        await finish(app)
        await app.until(lambda: app.shows("10 claims, 0 faults", "claims.to"), "the template, judged")
        await app.press("n")
        await fill(app, file=str(file))
        await finish(app)
        await app.until(lambda: app.shows("is there already"), "it is not written over")
        await app.press("escape")
        file.write_text(f"{_CLAIMS}x = [\n]]\n", encoding="utf-8")
        await app.press("R")
        await app.until(lambda: app.shows("!", "(at line 11", "judged again"), "where it is broken")
        assert app.app.screen.query_one("#sanity").has_class("-stale")
        file.write_text(_CLAIMS, encoding="utf-8")
        await app.until(lambda: app.shows("1 claims, 1 faults", "a T4 draws 250 W [/]"), "it is judged again by itself")
        assert not app.app.screen.query_one("#sanity").has_class("-stale")

    drive(tmp_path / "none.db", steps, view="sanity", memory=memory, size=NARROW, theme=LIGHT.name)
    assert memory.of("sanity")["file"] == str(file)


def test_a_claim_is_waived_with_a_name_and_a_reason_and_loses_it_when_it_changes(tmp_path: Path) -> None:
    database, file = tmp_path / "results.db", tmp_path / "claims.toml"
    file.write_text(_CLAIMS, encoding="utf-8")
    memory = Memory()
    memory.of("sanity")["file"] = str(file)

    async def steps(app: Driver) -> None:
        await app.settled()
        await app.press("v")
        await app.until(lambda: app.shows("nothing is waived", "w waives"), "no waiver")
        assert app.app.screen.check_action("waive", ()) is None  # not what is under a cursor that nobody sees
        await app.press("v", "w")
        await fill(app, by="A. Name")
        await finish(app)
        await app.until(lambda: app.shows("is missing"), "no reason")
        await fill(app, note="overclocked")
        await finish(app)
        await app.until(lambda: app.shows("1 waived", "impossible, waived", "overclocked"), "the waiver")
        await app.press("v")
        await app.until(lambda: app.shows("✓ counts here", "A. Name"), "it among the waivers")
        file.write_text(_CLAIMS.replace('"250 W"', '"260 W"'), encoding="utf-8")
        await app.press("R")
        await app.until(lambda: app.shows("0 waived", "! the claim has changed"), "it counts no longer")

    drive(database, steps, view="sanity", memory=memory)
    with Store.open_existing(str(database)) as store:
        (waiver,) = store.waivers()
    assert (waiver.by, waiver.note, waiver.rules) == ("A. Name", "overclocked", ("R6",))
