"""Why a figure is in its state, in a sentence with the numbers that it rests on."""

from harness.statistics.joint_steps import least_p
from harness.vocabulary import Trend
from planner.services.figures_over_time import Point
from planner.services.regress_document import FigureFinding

_MINUS = "\N{MINUS SIGN}"


def noisy_reason(finding: FigureFinding, *, in_a_row: int, confirm: int, least: int, unfit: int = 0) -> str:
    """Of a figure that scatters from run to run.

    Args:
        finding: with its levels.
        in_a_row: the last runs that lie beyond the tolerance.
        confirm: how many are needed.
        least: the runs of history that are needed.
        unfit: earlier runs that are none of it, as the machine was unfit to time them.
    """
    if finding.state is Trend.NOT_ENOUGH_HISTORY:
        left_out = f"; {_runs(unfit)} of an unfit machine (foreign load or noise) do not count" if unfit else ""
        return f"not enough history: {_runs(finding.history)}, {least} are needed{left_out}"
    told = f"{change_in_words(finding)}, tolerance {share(finding.tolerance)}"
    if finding.state is Trend.STEADY:
        return f"{told}: within what the history foretells" if _is_notable(finding) else told
    if finding.state is Trend.SUSPECTED:
        seen = "in one run" if in_a_row == 1 else f"in {in_a_row} runs in a row"
        return f"{told}, {seen}: {_what_confirms(finding, in_a_row, confirm)}"
    return f"{told}, in {_runs(in_a_row)} in a row"


def exact_reason(finding: FigureFinding, *, before: Point | None, now: Point) -> str:
    """Of a figure that does not scatter.

    Args:
        finding: with its state.
        before: the point that it is worse or better than; `None` where it is neither.
        now: the last point.
    """
    if finding.state is Trend.NOT_ENOUGH_HISTORY:
        return "not enough history: no earlier run has it"
    if now.speed is not None:
        return _words(before, now)
    told = f"{change_in_words(finding)}, tolerance {share(finding.tolerance)}"
    if before is not None and now.note != before.note:
        return f"{told}; it was {before.note}, is {now.note}"
    return f"{told}; {now.note}" if now.note else told


def change_in_words(finding: FigureFinding) -> str:
    """`−6.1 % (−7.9 to −4.2 %)`; points where it is a difference of shares."""
    if finding.change is None:
        return "no change is known"
    unit = "%" if finding.is_relative else "points"
    point = _number(finding.change)
    if finding.lower is None or finding.upper is None:
        return f"{point} {unit}"
    return f"{point} {unit} ({_number(finding.lower)} to {_number(finding.upper)})"


def share(value: float) -> str:
    """`2 %`."""
    return f"{100 * value:.3g} %"


def _number(value: float) -> str:
    digits = 1 if abs(value) < 1.0 else 0
    text = f"{100 * value:+.{digits}f}".replace("-", _MINUS)
    return "0.0" if text in {"+0.0", f"{_MINUS}0.0"} else text


def _is_notable(finding: FigureFinding) -> bool:
    return finding.change is not None and abs(finding.change) > finding.tolerance


def _what_confirms(finding: FigureFinding, in_a_row: int, confirm: int) -> str:
    if in_a_row < confirm:
        missing = confirm - in_a_row
        told = f"{missing} more run{'s' * (missing != 1)} with the same change would confirm it"
        if least_p(finding.history, confirm) > 1.0 - (finding.confidence or 0.0):
            return f"{told}, after more history: {_runs(finding.history)} cannot tell it from chance"
        return told
    return "more runs are needed to tell it from chance"


def _words(before: Point | None, now: Point) -> str:
    words = f"{now.speed}, {now.gate}"
    return words if before is None else f"{words}; it was {before.speed}, {before.gate}"


def _runs(count: int) -> str:
    return f"{count} run{'s' * (count != 1)}"
