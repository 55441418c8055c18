"""The parts of a JUnit file: a suite of cases, with properties, as valid XML whatever things are called."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

_NOT_IN_XML = "\N{REPLACEMENT CHARACTER}"
_TAB, _LINE_FEED, _CARRIAGE_RETURN = 0x9, 0xA, 0xD
Outcome = tuple[str, str, str] | None
"""An element inside a test case: its tag (failure, error or skipped), its message, its text; `None`: it passed."""


def suite_xml(name: str, *, timestamp: str, properties: Mapping[str, str], cases: Sequence[ET.Element]) -> bytes:
    """The whole file with one suite, UTF-8."""
    counts = {tag: sum(case.find(tag) is not None for case in cases) for tag in ("failure", "error", "skipped")}
    root = ET.Element("testsuites", name="planner")
    suite = ET.SubElement(
        root,
        "testsuite",
        name=xml_text(name),
        timestamp=timestamp,
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
    )
    _add_properties(suite, properties)
    suite.extend(cases)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def case_element(
    classname: str, name: str, outcome: Outcome, *, properties: Mapping[str, str] | None = None
) -> ET.Element:
    """One test case with what became of it."""
    case = ET.Element("testcase", classname=xml_text(classname), name=xml_text(name))
    if properties is not None:
        _add_properties(case, properties)
    if outcome is not None:
        tag, message, text = outcome
        ET.SubElement(case, tag, message=xml_text(message)).text = xml_text(text)
    return case


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


def _add_properties(parent: ET.Element, values: Mapping[str, str]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=xml_text(value))
