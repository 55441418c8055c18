"""Draws findings about calibration data, with a sign for each severity."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from harness.vocabulary import CalibrationFinding, Severity
from planner.wording.marks import signed
from planner.wording.text import plain

_SIGNS = {Severity.INFO: "✓", Severity.WARNING: "!", Severity.SERIOUS: "✗"}
NOT_CHECKED_SIGN = "~"
_NOT_CHECKED = "not checked"


def findings_table(findings: Sequence[CalibrationFinding]) -> Table:
    """A row a finding: sign and check, then what it says."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in findings:
        table.add_row(signed(sign_of_finding(one), one.check), Text(plain(one.sentence)))
    return table


def sign_of_finding(one: CalibrationFinding) -> str:
    """✓ looked at and fine, ~ not checked, ! a warning, ✗ serious."""
    is_open = one.severity is Severity.INFO and one.sentence.startswith(_NOT_CHECKED)
    return NOT_CHECKED_SIGN if is_open else _SIGNS[one.severity]
