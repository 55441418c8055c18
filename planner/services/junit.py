"""A run's verdicts as JUnit XML, which build servers read: a test case for each candidate and batch size.

A candidate that is rejected, slower or not in INT8 is a failure; one of which nothing can be said yet is
skipped; one that broke is an error. Each carries its reasons.
"""

import xml.etree.ElementTree as ET

from harness.supervisor.log_excerpt import shown_log
from harness.vocabulary import Failure, Gate, Speed, Verdict
from planner.services.junit_file import Outcome, case_element, suite_xml
from planner.services.run_document import ArmDocument, RunDocument

_FAILING = {Speed.SLOWER, Speed.EQUIVALENT, Speed.NOT_INT8, Speed.BASELINE_NOT_AS_NAMED}


def junit_xml(document: RunDocument) -> bytes:
    """The whole file, UTF-8. It is valid XML whatever a model or a class is called."""
    cases = [_case(document, verdict) for verdict in document.verdicts]
    judged = {verdict.candidate for verdict in document.verdicts}
    cases += [_unjudged(document, failure) for failure in document.failures if failure.arm not in judged]
    return suite_xml(
        f"planner {document.workload_name}",
        timestamp=document.started_at,
        properties={"run": document.run, "workload": document.workload_name, "state": str(document.state)},
        cases=cases,
    )


def _case(document: RunDocument, verdict: Verdict) -> ET.Element:
    arm = next((one for one in document.arms if one.name == verdict.candidate), None)
    failures = {one.arm: one for one in document.failures}
    outcome = _outcome(verdict, failures.get(verdict.candidate) or failures.get(verdict.baseline))
    name = f"{verdict.candidate}@{_told(verdict)}"
    return case_element(document.workload_name, name, outcome, properties=_figures(document, verdict, arm))


def _told(verdict: Verdict) -> str:
    """The load, in a form that names of test cases have long had: the batch size, and what is unusual after it."""
    if verdict.load is None:
        return verdict.label
    return f"{verdict.batch}" if verdict.concurrency == 1 else f"{verdict.batch}x{verdict.concurrency}"


def _unjudged(document: RunDocument, failure: Failure) -> ET.Element:
    """An arm that broke and is no candidate: the baseline, or a variant measured alone."""
    return case_element(document.workload_name, failure.arm, ("error", failure.message, _log(failure)))


def _outcome(verdict: Verdict, failure: Failure | None) -> Outcome:
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
    comparison = document.comparison(verdict.candidate, verdict.load)
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


def _log(failure: Failure) -> str:
    return "\n".join(part for part in (f"try: {failure.hint}", shown_log(failure.log_tail)) if part)
