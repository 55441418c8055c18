"""`planner report`: which files it writes where, what it refuses, and what goes to standard output."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from helpers.command_line import Ask, refuses
from helpers.plans import keep, record_priced_run, request_of
from helpers.report_samples import HOSTILE

from planner.store import Store

HTML = ("report", "--format", "html")


@pytest.fixture
def plan(store: Store) -> str:
    """A plan that rests on a run."""
    return keep(store, replace(request_of(record_priced_run(store)), draws=100)).plan or ""


def tree(folder: Path = Path()) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*") if path.is_file() and not path.name.startswith("results.db"))


def test_the_newest_plan_is_told_in_a_folder_of_its_own(ask: Ask, plan: str) -> None:
    answer = ask(*HTML)

    assert (answer.returncode, answer.stdout) == (0, f"report-{plan}/report.html\n")
    assert answer.stderr == f"the report of plan {plan}\ndrawing the HTML page\n"
    assert tree() == [f"report-{plan}/report.html"]
    assert f"report-{plan} holds report.html already: --force" in refuses(ask(*HTML, "--quiet"))
    assert ask(*HTML, "--force", "--quiet").stderr == ""


def test_the_same_plan_gives_the_same_bytes_where_the_moment_is_its_own(ask: Ask, plan: str) -> None:
    told = [ask(*HTML, "--made-at", "plan", "--out", folder, "--json").stdout for folder in ("a", "b")]

    assert Path("a/report.html").read_bytes() == Path("b/report.html").read_bytes()
    written = json.loads(told[0])
    assert (written["schema"], written["plan"]) == ("planner.report-files/1", plan)
    assert written["files"] == [{"path": "a/report.html", "bytes": Path("a/report.html").stat().st_size}]


@pytest.mark.usefixtures("plan")
def test_one_form_goes_to_standard_output_alone(ask: Ask) -> None:
    ask(*HTML, "--made-at", "plan", "--out", "a")
    answer = ask(*HTML, "--made-at", "plan", "--out", "-", "--quiet")

    assert answer.stdout.encode() == Path("a/report.html").read_bytes()
    assert answer.stderr == ""
    assert tree() == ["a/report.html"]


def test_the_json_form_keeps_the_schema_that_the_command_prints(ask: Ask, plan: str) -> None:
    schema = json.loads(ask("report", "--json-schema").stdout)
    written = json.loads(ask("report", "--plan", plan, "--format", "json", "--out", "-", "--quiet").stdout)
    jsonschema.Draft202012Validator(schema).validate(written)
    assert written["schema"] == schema["$id"]


@pytest.mark.usefixtures("plan")
def test_no_title_leads_out_of_the_folder(ask: Ask) -> None:
    for title in (HOSTILE[0], HOSTILE[7], *HOSTILE[-2:]):
        answer = ask(*HTML, "--title", title, "--out", "out", "--quiet", "--force")
        if len(title) > 200:
            assert "--title has 400 characters" in refuses(answer)
        assert tree() == ["out/report.html"]
        assert "\x1b" not in Path("out/report.html").read_text(encoding="utf-8")


def test_a_plan_whose_run_was_deleted_says_so(ask: Ask, store: Store, plan: str) -> None:
    (run_id,) = store.plan(plan).runs
    store.delete(run_id)
    assert f"run {run_id} was deleted" in ask(*HTML, "--out", "-").stdout


def test_another_day_has_a_folder_of_its_own(ask: Ask, store: Store) -> None:
    plan = keep(store, replace(request_of(workload__model="bert-99"), draws=100)).plan
    assert ask(*HTML, "--replay", "2025-04-28").stdout == f"report-{plan}-2025-04-28/report.html\n"
    assert "What changed" in Path(f"report-{plan}-2025-04-28/report.html").read_text(encoding="utf-8")


def test_without_a_plan_it_says_how_one_is_made(ask: Ask, store: Store) -> None:
    store.runs()
    assert "no plan is stored yet: `planner plan` makes one" in refuses(ask("report"))
    assert "there is no database" in refuses(ask("--db", "other.db", "report"))
    assert tree() == []


REFUSED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("--currency", "EUR"), "--currency and --rate belong together"),
    (("--rate", "0.92"), "--currency and --rate belong together"),
    (("--currency", "EUR", "--rate", "nan"), "--rate"),
    (("--format", "pdf,htm"), "'htm' is no form (did you mean html?)"),
    (("--format", ","), "--format names no form"),
    (("--title", "\x00 "), "--title is empty"),
    (("--replay", "2999-01-01"), "has not come yet"),
    (("--replay", "soon"), "--replay 'soon' is no day"),
    (("--made-at", "yesterday"), "write plan, or a moment that has been"),
    (("--made-at", "2999-01-01T00:00Z"), "write plan, or a moment that has been"),
    (("--plan", "zzzz"), "there is no plan 'zzzz'"),
    (("--out", "board.pdf"), "reads like a file"),
    (("--out", ""), "--out is empty"),
    (("--out", "results.db"), "is a file: name a folder"),
    (("--out", "a/b/c"), "make it first"),
    (("--out", "-"), "exactly one form"),
    (("--out", "-", "--format", "csv"), "exactly one form"),
    (("--out", "-", "--format", "md", "--json"), "leave --json and --force out"),
)


@pytest.mark.usefixtures("plan")
def test_what_cannot_be_meant_is_refused_before_anything_is_drawn(ask: Ask) -> None:
    for arguments, told in REFUSED:
        said = refuses(ask("report", *arguments))
        assert told in said
        assert len(said) < 500
    assert tree() == []


@pytest.mark.usefixtures("plan")
def test_nobodys_terminal_is_filled_with_bytes(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "the PDF is no text: send it to a file" in refuses(ask("report", "--format", "pdf", "--out", "-"))
