"""Verdicts as JUnit XML: which are failures, skipped or errors, and that it is XML whatever things are called."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.builders import FP32, INT8, make_failure, make_verdict
from helpers.runs import create_full_run
from helpers.stores import open_store
from hypothesis import given
from hypothesis import strategies as st

from harness.vocabulary import Gate, LoadPoint, Speed
from planner.services.junit import junit_xml
from planner.services.junit_file import xml_text
from planner.services.run_document import RunDocument, document_of

_HOSTILE = "a\x00\x1b[31m<b>&\"'\ud800\ufffe]]>\n"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> RunDocument:
    with open_store(str(tmp_path_factory.mktemp("junit") / "results.db")) as store:
        return document_of(store.load(create_full_run(store)))


def _cases(document: RunDocument) -> list[ET.Element]:
    return list(ET.fromstring(junit_xml(document)).iter("testcase"))  # noqa: S314 - our own


def _outcome(document: RunDocument) -> tuple[str, ...]:
    (case,) = _cases(document)
    return tuple(child.tag for child in case if child.tag != "properties")


@pytest.mark.parametrize(
    ("speed", "gate", "outcome"),
    [
        (Speed.FASTER, Gate.ACCEPTED, ()),
        (Speed.FASTER, Gate.REJECTED, ("failure",)),
        (Speed.SLOWER, Gate.ACCEPTED, ("failure",)),
        (Speed.EQUIVALENT, Gate.ACCEPTED, ("failure",)),
        (Speed.NOT_INT8, Gate.ACCEPTED, ("failure",)),
        (Speed.BASELINE_NOT_AS_NAMED, Gate.ACCEPTED, ("failure",)),
        (Speed.INCONCLUSIVE, Gate.REJECTED, ("failure",)),
        (Speed.FASTER, Gate.UNPROVEN, ("skipped",)),
        (Speed.FASTER, Gate.NOT_MEASURED, ("skipped",)),
        (Speed.INCONCLUSIVE, Gate.ACCEPTED, ("skipped",)),
        (Speed.FAILED, Gate.NOT_MEASURED, ("error",)),
    ],
)
def test_what_a_verdict_is_to_a_build_server(
    document: RunDocument, speed: Speed, gate: Gate, outcome: tuple[str, ...]
) -> None:
    judged = replace(document, verdicts=(make_verdict(speed=speed, gate=gate),), failures=())

    assert _outcome(judged) == outcome


def test_a_case_carries_the_run_the_figures_and_every_reason(document: RunDocument) -> None:
    verdict = make_verdict(gate=Gate.REJECTED, batch=1, speed_reasons=("2.00× faster",), gate_reasons=("dress", "coat"))

    (case,) = _cases(replace(document, verdicts=(verdict,), failures=()))

    properties = {one.get("name"): one.get("value") for one in case.iter("property")}
    comparison = document.comparison(INT8, LoadPoint(batch=1))
    assert comparison is not None
    assert comparison.ratio is not None
    assert (case.get("classname"), case.get("name")) == (document.workload_name, f"{INT8}@1")
    assert properties["run"] == document.run
    assert float(properties["ratio"] or "") == pytest.approx(comparison.ratio.point, rel=1e-5)
    assert float(properties["accuracy"] or "") > 0
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "faster, rejected"
    assert failure.text == "2.00× faster\ndress\ncoat"


def test_an_arm_that_broke_without_a_verdict_is_an_error_of_its_own(document: RunDocument) -> None:
    broken = replace(document, verdicts=(), failures=(make_failure(arm=FP32, message="out of memory"),))

    (case,) = _cases(broken)

    error = case.find("error")
    assert case.get("name") == FP32
    assert error is not None
    assert error.get("message") == "out of memory"
    assert error.text == "try: free some memory and resume the run\nKilled"


def test_the_suite_counts_its_cases(document: RunDocument) -> None:
    verdicts = (
        make_verdict(),
        make_verdict(batch=8, gate=Gate.REJECTED),
        make_verdict(batch=16, gate=Gate.UNPROVEN),
        make_verdict(batch=32, speed=Speed.FAILED),
    )

    suite = ET.fromstring(junit_xml(replace(document, verdicts=verdicts, failures=()))).find("testsuite")  # noqa: S314 - our own

    assert suite is not None
    counts = [suite.get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == ["4", "1", "1", "1"]


def test_hostile_names_are_valid_xml_and_what_xml_can_hold_stays(document: RunDocument) -> None:
    verdict = make_verdict(gate=Gate.REJECTED, candidate=_HOSTILE, speed_reasons=(_HOSTILE,), gate_reasons=())
    failure = make_failure(arm=_HOSTILE, message=_HOSTILE, log_tail=_HOSTILE)

    (case,) = _cases(replace(document, workload_name=_HOSTILE, verdicts=(verdict,), failures=(failure,)))

    element = case.find("failure")
    assert element is not None
    assert str(element.text).startswith("a��[31m<b>&\"'��]]>")


@given(st.text(alphabet=st.characters()))
def test_whatever_the_text_it_can_be_written_and_read_back(text: str) -> None:
    allowed = xml_text(text)

    element = ET.Element("x", name=allowed)
    element.text = allowed
    read = ET.fromstring(ET.tostring(element, encoding="utf-8"))  # noqa: S314 - our own

    assert len(allowed) == len(text)
    assert read.get("name") is not None


def test_the_whole_file_can_be_written_to_disk_as_it_is(document: RunDocument, tmp_path: Path) -> None:
    path = tmp_path / "gate.xml"
    path.write_bytes(junit_xml(document))

    assert ET.parse(path).getroot().tag == "testsuites"  # noqa: S314 - our own
    assert path.read_bytes().startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
