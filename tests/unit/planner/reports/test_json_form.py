"""The JSON form keeps its schema, and loses nothing."""

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from helpers.report_samples import HOSTILE, sample

from planner.reports.document import SCHEMA
from planner.reports.json_form import json_schema, render

Draft = jsonschema.Draft202012Validator


def as_read(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data)
    return found


def test_a_report_keeps_the_schema_and_the_schema_keeps_its_own() -> None:
    Draft.check_schema(json_schema())
    Draft(json_schema()).validate(as_read(render(sample())))


def test_the_schema_refuses_what_is_no_report() -> None:
    report = as_read(render(sample()))
    for broken in (
        report | {"schema": "planner.report/2"},
        report | {"more": 1},
        {name: value for name, value in report.items() if name != "sections"},
        report | {"sections": [{"key": "a"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            Draft(json_schema()).validate(broken)


def test_decimals_are_strings_and_blocks_say_what_they_are() -> None:
    found = as_read(render(sample()))
    blocks = found["sections"][0]["blocks"]
    assert [block["kind"] for block in blocks] == [
        "notice", "notice", "decision", "key-figures", "paragraph", "bullets", "commands", "table",
    ]  # fmt: skip
    cell = blocks[-1]["rows"][0]["cells"][1]
    assert (cell["kind"], cell["value"], cell["unit"]) == ("figure", "1538791.55", "USD")
    assert found["schema"] == SCHEMA


def test_names_of_strangers_are_whole_and_half_characters_are_replaced() -> None:
    found = as_read(render(replace(sample(), headline="a\ud800b", title=float("nan").__str__())))
    names = found["sections"][2]["blocks"][0]["rows"]
    assert [row["cells"][0]["text"] for row in names] == list(HOSTILE)
    assert found["headline"] == "a\N{REPLACEMENT CHARACTER}b"
