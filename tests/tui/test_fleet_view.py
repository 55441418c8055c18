"""Fleet: edit an assumption, read the answer, walk it back, save, hold, keep."""

from dataclasses import replace
from pathlib import Path

from helpers.app import NARROW, Driver, drive
from helpers.plans import TODAY, keep, record_priced_run, request_of
from textual.widgets import Input

from harness.workloads.workload import BUILTIN_DEFAULT
from planner.services.plans.answering import ground_of, point
from planner.services.plans.document import ProjectionDocument
from planner.services.plans.request import PlanRequest
from planner.store import Store
from planner.tui.fleet.reckoning import Stage
from planner.tui.screens.fleet import FleetScreen
from planner.tui.widgets.fleet_table import FleetTable


def _database(folder: Path) -> Path:
    database = folder / "results.db"
    with Store.open(str(database)) as store:
        record_priced_run(store, workload=BUILTIN_DEFAULT)
    return database


async def _screen(app: Driver) -> FleetScreen:
    """The view with its first answer."""
    screen = app.app.screen
    assert isinstance(screen, FleetScreen)
    await app.until(lambda: Stage.POINT in screen.reckoner.fresh, "an answer")
    await app.pilot.pause()
    return screen


async def _edit(app: Driver, screen: FleetScreen, name: str, text: str) -> None:
    """Go to a line of the form, open it, and put a text there."""
    screen.form.go_to(name)
    await app.press("enter")
    screen.form.query_one(Input).value = text
    await app.pilot.pause()
    await app.until(lambda: Stage.POINT in screen.reckoner.fresh or screen.is_stale, "what comes of it")
    await app.pilot.pause()


def _answer(database: Path, **edits: str) -> ProjectionDocument:
    with Store.open_existing(str(database)) as store:
        answering = ground_of(store, today=TODAY)
    return point(answering.ask({name.replace("__", "."): text for name, text in edits.items()}, model=None)).document


def test_an_edited_assumption_changes_the_answer_as_the_services_say(tmp_path: Path) -> None:
    database = _database(tmp_path)

    async def steps(app: Driver) -> None:
        screen = await _screen(app)
        before = screen.reckoner.answered
        assert before is not None
        assert before.document == _answer(database)
        assert app.shows("● target              epyc-genoa", "↳ instance            c7a", "✓ DO IT")
        await _edit(app, screen, "demand.peak", "70000 requests/s")
        wanted = _answer(database, demand__peak="70000 requests/s")
        answered = screen.reckoner.answered
        assert answered is not None
        assert answered.document == wanted != before.document
        assert app.shows("✎ peak", wanted.headline, "70,000 requests/s", "--qps '70000 requests/s'")
        await app.until(lambda: screen.reckoner.is_settled, "everything else")
        assert screen.reckoner.latest[Stage.SIMULATED].document.uncertainty is not None
        await app.press("escape")
        await app.until(lambda: app.shows("50,000 requests/s") and not app.shows("✎"), "the first answer")

    drive(database, steps, view="fleet")


def test_a_wrong_text_is_told_beside_the_form_and_the_answer_before_stays(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        screen = await _screen(app)
        await _edit(app, screen, "fleet.headroom", "140 %")
        await app.until(lambda: app.shows("~ THE ANSWER BEFORE", "✗ headroom"), "that it was refused")
        assert app.shows("must lie between 0 % and 95 %", "quantising in place saves")
        assert app.shows("esc takes it back")
        told = app.hear()
        await app.press("enter", "K")
        assert "correct the assumption that is marked ✗, or take it back with d" in told[0]
        assert screen.check_action("keep", ()) is None  # its key stands dim
        await app.press("d")
        await app.until(lambda: app.shows("✓ DO IT", "30 %") and not app.shows("✗ headroom"), "the answer again")

    drive(_database(tmp_path), steps, view="fleet")


def test_a_figure_is_walked_back_to_its_run_and_to_its_price(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        screen = await _screen(app)
        table = screen.query_one(FleetTable)
        table.focus()
        names = [line.name for line in table.lines]
        table.move_cursor(row=names.index("USD a year"), column=1)
        await app.press("enter")
        await app.until(
            lambda: app.shows("= derived", "◆ published", "● measured", "o opens run", "v shows"), "the way"
        )
        await app.press("o")
        with Store.open_existing(app.app.place.address) as store:
            (run,) = store.runs()
        await app.until(lambda: app.shows("2▸Results", run.run_id, "Verdict"), "that run")
        await app.press("3", "enter", "v")
        await app.until(lambda: app.shows("4▸Prices", "filter: c7a"), "the price")

    drive(_database(tmp_path), steps, view="fleet")


def test_assumptions_are_saved_held_and_loaded_again(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"

    async def name_it(app: Driver, key: str) -> None:
        await app.press(key)
        app.app.screen.query_one(Input).value = str(file)
        await app.press("enter")

    async def steps(app: Driver) -> None:
        screen = await _screen(app)
        await _edit(app, screen, "migration.quantise", "2000 USD")
        await app.press("enter")
        await name_it(app, "s")
        await app.until(lambda: file.exists() and app.shows("--assumptions"), "the file")
        await app.press("D")
        await app.until(lambda: not app.shows("✎") and Stage.POINT in screen.reckoner.fresh, "no edit")
        await app.press("w", "left_square_bracket")
        await app.until(lambda: app.shows("the same assumptions"), "nothing that differs")
        await name_it(app, "o")
        await app.until(lambda: app.shows("5000 USD, 15000 USD, 40000 USD", "2000 USD", "worth of:"), "what does")
        await app.until(
            lambda: app.shows("⚑ costs the same as the held answer", "✎ quantise"), "that costs are the same"
        )

    drive(_database(tmp_path), steps, view="fleet")


def test_a_plan_is_kept_as_the_command_keeps_it(tmp_path: Path) -> None:
    database = _database(tmp_path)

    async def steps(app: Driver) -> None:
        screen = await _screen(app)
        await _edit(app, screen, "fleet.spares", "2")
        assert app.shows("✎ spares")
        await app.press("enter", "K")
        await app.settled()
        assert app.shows("✓ plan ", "is kept: planner plans show")

    drive(database, steps, view="fleet")
    with Store.open_existing(str(database)) as store:
        (plan,) = store.plans()
        assert '"fleet.spares":2' in store.plan(plan.plan_id).request


def test_a_run_is_planned_with_from_the_results_and_another_from_the_list(tmp_path: Path) -> None:
    database = _database(tmp_path)
    with Store.open(str(database)) as store:
        other = record_priced_run(store, workload="mine")
        assert ground_of(store, today=TODAY, request=PlanRequest(runs=(other[:6],))).runs[0].run_id == other

    async def steps(app: Driver) -> None:
        await app.settled()
        await app.press("enter")
        await app.until(lambda: app.shows("▸Verdict", other, "f Fleet"), "the newest run")
        await app.press("f")
        await app.until(lambda: app.shows("3▸Fleet", f"$ planner plan --run {other}", "K Keep"), "its plan")
        await app.press("r")
        await app.until(lambda: app.shows("Plan with which run?", other, BUILTIN_DEFAULT), "the list of runs")
        await app.press("G", "enter")
        await app.until(lambda: app.shows("$ planner plan --run") and not app.shows(other), "the plan of the other")

    drive(database, steps, view="results")


def test_a_kept_plan_comes_back_into_the_form_from_the_palette(tmp_path: Path) -> None:
    database = tmp_path / "results.db"
    with Store.open(str(database)) as store:
        plan = keep(store, replace(request_of(record_priced_run(store), fleet__spares=2), draws=100)).plan

    async def steps(app: Driver) -> None:
        await app.press("ctrl+p")
        await app.type(f"Open plan {plan}")
        await app.until(lambda: app.shows(f"Open plan {plan}", "saves"), "the line of the plan")
        await app.press("down", "enter")
        await app.until(lambda: app.shows("3▸Fleet", "✎ spares"), "what was stated")

    drive(database, steps, view="sanity")


def test_form_and_answer_take_turns_on_a_small_screen(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        await _screen(app)
        assert app.shows("✓ DO IT", "saves a year", "▸Fleets", "Held", "q Quit")
        assert not app.shows("WORKLOAD")
        await app.press("f")
        await app.until(
            lambda: app.shows("WORKLOAD", "✓ DO IT", "quantising in place") and not app.shows("▸Fleets"), "form"
        )

    drive(_database(tmp_path), steps, view="fleet", size=NARROW)


def test_without_runs_published_rates_say_that_quality_is_open(tmp_path: Path) -> None:
    async def steps(app: Driver) -> None:
        screen = await _screen(app)
        assert app.shows("~ NOT YET: QUALITY NOT MEASURED", "~ = ≥", "✗ = ≥", "◇ ≤ 19,076", "↳ model")
        await app.until(lambda: screen.reckoner.is_settled, "everything")
        for words in ("where the saving", "what moves the worth", "instances that other", "cheapest fleet"):
            await app.press("right_square_bracket")
            assert app.shows(words)

    drive(tmp_path / "none.db", steps, view="fleet")
    assert not (tmp_path / "none.db").exists()
