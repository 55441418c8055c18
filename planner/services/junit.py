"""A run's verdicts as JUnit XML, which build servers read: a test case for each candidate and batch size.

A candidate that is rejected, slower or not in INT8 is a failure; one of which nothing can be said yet is
skipped; one that broke is an error. Each carries its reasons.
"""

import xml.etree.ElementTree as ET

from harness.vocabulary import Failure, Gate, Speed, Verdict
from planner.services.run_document import ArmDocument, RunDocument

_NOT_IN_XML = "\N{REPLACEMENT CHARACTER}"
_TAB, _LINE_FEED, _CARRIAGE_RETURN = 0x9, 0xA, 0xD
_FAILING = {Speed.SLOWER, Speed.EQUIVALENT, Speed.NOT_INT8, Speed.BASELINE_NOT_AS_NAMED}
Case = tuple[str, str, str] | None
"""An element inside a test case: its tag, its message, and its text."""


def junit_xml(document: RunDocument) -> bytes:
    """The whole file, UTF-8. It is valid XML whatever a model or a class is called."""
    cases = [_case(document, verdict) for verdict in document.verdicts]
    judged = {verdict.candidate for verdict in document.verdicts}
    cases += [_unjudged(document, failure) for failure in document.failures if failure.arm not in judged]
    counts = {tag: sum(case.find(tag) is not None for case in cases) for tag in ("failure", "error", "skipped")}
    root = ET.Element("testsuites", name="planner")
    suite = ET.SubElement(
        root,
        "testsuite",
        name=xml_text(f"planner {document.workload_name}"),
        timestamp=document.started_at,
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
    )
    _properties(suite, {"run": document.run, "workload": document.workload_name, "state": str(document.state)})
    suite.extend(cases)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def xml_text(text: str) -> str:
    """The text with every character that XML 1.0 does not allow replaced (https://www.w3.org/TR/xml/#charsets)."""
    return "".join(one if _is_allowed(ord(one)) else _NOT_IN_XML for one in text)


def _is_allowed(code: int) -> bool:
    return (
        code in {_TAB, _LINE_FEED, _CARRIAGE_RETURN}
        or 0x20 <= code <= 0xD7FF  # noqa: PLR2004 - the standard's own bounds, as in the next lines
        or 0xE000 <= code <= 0xFFFD  # noqa: PLR2004
        or 0x10000 <= code <= 0x10FFFF  # noqa: PLR2004
    )


def _case(document: RunDocument, verdict: Verdict) -> ET.Element:
    case = _element(document, f"{verdict.candidate}@{verdict.batch}")
    arm = next((one for one in document.arms if one.name == verdict.candidate), None)
    _properties(case, _figures(document, verdict, arm))
    failures = {one.arm: one for one in document.failures}
    outcome = _outcome(verdict, failures.get(verdict.candidate) or failures.get(verdict.baseline))
    if outcome is not None:
        tag, message, text = outcome
        ET.SubElement(case, tag, message=xml_text(message)).text = xml_text(text)
    return case


def _unjudged(document: RunDocument, failure: Failure) -> ET.Element:
    """An arm that broke and is no candidate: the baseline, or a variant measured alone."""
    case = _element(document, failure.arm)
    ET.SubElement(case, "error", message=xml_text(failure.message)).text = xml_text(_log(failure))
    return case


def _element(document: RunDocument, name: str) -> ET.Element:
    return ET.Element("testcase", classname=xml_text(document.workload_name), name=xml_text(name))


def _outcome(verdict: Verdict, failure: Failure | None) -> Case:
    message = f"{verdict.speed}, {verdict.gate}"
    text = "\n".join((*verdict.speed_reasons, *verdict.gate_reasons))
    if verdict.speed is Speed.FAILED:
        return "error", message, "\n".join((text, _log(failure))) if failure else text
    if verdict.gate is Gate.REJECTED or verdict.speed in _FAILING:
        return "failure", message, text
    if verdict.gate is Gate.ACCEPTED and verdict.speed is Speed.FASTER:
        return None
    first = (*verdict.speed_reasons[:1], *verdict.gate_reasons[:1])
    return "skipped", "; ".join((message, *first)), text


def _figures(document: RunDocument, verdict: Verdict, arm: ArmDocument | None) -> dict[str, str]:
    found = {"speed": str(verdict.speed), "gate": str(verdict.gate), "baseline": verdict.baseline}
    comparison = document.comparison(verdict.candidate, verdict.batch)
    if comparison is not None and comparison.ratio is not None:
        ratio = comparison.ratio
        found |= {
            "ratio": f"{ratio.point:.6g}",
            "ratio_lower": f"{ratio.lower:.6g}",
            "ratio_upper": f"{ratio.upper:.6g}",
        }
    if arm is not None and arm.quality is not None:
        found["accuracy"] = f"{arm.quality.accuracy:.6g}"
    if arm is not None and arm.quality_against_baseline is not None:
        found["baseline_accuracy"] = f"{arm.quality_against_baseline.baseline_accuracy:.6g}"
    return {"run": document.run, **found}


def _properties(parent: ET.Element, values: dict[str, str]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=xml_text(value))


def _log(failure: Failure) -> str:
    return "\n".join(part for part in (f"try: {failure.hint}", failure.log_tail) if part)
