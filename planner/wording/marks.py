"""Words of a result with a sign before them, so that none depends on colour."""

from enum import StrEnum

from rich.text import Text

from harness.vocabulary import Gate, NoiseClass, RunState, Speed, Trend
from planner.wording.text import plain

_STYLES = {"✓": "green", "✗": "red", "~": "yellow", "!": "yellow"}
_GOOD = (Speed.FASTER, Gate.ACCEPTED, RunState.COMPLETED, NoiseClass.QUIET, Trend.STEADY, Trend.IMPROVED)
_BAD = (Speed.SLOWER, Speed.EQUIVALENT, Gate.REJECTED, NoiseClass.UNFIT, Trend.REGRESSED)
_BROKEN = (
    *(Speed.FAILED, Speed.NOT_INT8, Speed.BASELINE_NOT_AS_NAMED),
    *(RunState.FAILED, RunState.INTERRUPTED, NoiseClass.NOISY, Trend.SUSPECTED),
)
_SIGNS: dict[StrEnum, str] = dict.fromkeys(_GOOD, "✓") | dict.fromkeys(_BAD, "✗") | dict.fromkeys(_BROKEN, "!")


def marked(word: StrEnum) -> Text:
    """A word of one of the closed lists: ✓ good, ✗ bad, ! broken, ~ neither."""
    return signed(_SIGNS.get(word, "~"), str(word))


def signed(sign: str, text: str) -> Text:
    """Any text behind one of the four signs, in its colour."""
    return Text(plain(f"{sign} {text}"), style=_STYLES[sign])


def presence(text: str, *, is_here: bool) -> Text:
    """What is here, or is not: both are normal answers."""
    return signed("✓" if is_here else "✗", text)
