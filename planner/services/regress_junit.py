"""A run against its history as JUnit XML: a test case for each figure.

What regressed is a failure; what nobody can tell yet is skipped, with the reason.
"""

from harness.vocabulary import Trend
from planner.services.junit_file import Outcome, case_element, suite_xml
from planner.services.regress_document import FigureFinding, RegressDocument

_PASSING = {Trend.STEADY, Trend.IMPROVED}


def regress_junit_xml(document: RegressDocument) -> bytes:
    """The whole file, UTF-8. It is valid XML whatever a model or a runtime is called."""
    cases = [
        case_element(document.workload, one.name, _outcome(document, one), properties=_properties(document, one))
        for one in document.figures
    ]
    return suite_xml(
        f"planner regress {document.workload}",
        timestamp=document.started_at,
        properties={"run": document.run, "workload": document.workload, "state": str(document.state)},
        cases=cases,
    )


def _outcome(document: RegressDocument, finding: FigureFinding) -> Outcome:
    if finding.state in _PASSING:
        return None
    lines = [finding.reason]
    if finding.since is not None:
        lines.append(f"since run {finding.since}; the run before it: {finding.previous}")
    for change in document.changes:
        if (change.run, change.previous) == (finding.since, finding.previous):
            lines += [f"{one.field}: {one.before} → {one.after}" for one in change.differences]
    tag = "failure" if finding.state is Trend.REGRESSED else "skipped"
    return tag, f"{finding.state}: {finding.reason}", "\n".join(lines)


def _properties(document: RegressDocument, finding: FigureFinding) -> dict[str, str]:
    numbers = {name: getattr(finding, name) for name in ("before", "now", "change", "lower", "upper", "p", "tolerance")}
    found = {name: f"{value:.6g}" for name, value in numbers.items() if value is not None}
    words = {"since": finding.since, "state": str(finding.state), "history": str(finding.history)}
    return {"run": document.run, **found, **{name: value for name, value in words.items() if value is not None}}
