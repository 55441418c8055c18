"""What the HTML form says beside the report's own words: of marks, of tones, of counts and moments."""

from planner.reports.document import Block
from planner.reports.figures import Figure, Mark, Tone

_LONGEST_WORD, _SHORT_WORD, _LONGEST_LINE = 22, 16, 30
MARKS = {
    Mark.MEASURED: "by a run of planner on a machine that was at hand",
    Mark.PUBLISHED: "by a source that is named, with its date",
    Mark.PROJECTED: "carried over from another machine, with a level and a band",
    Mark.ASSUMED: "stated in the plan, by nobody measured",
}
TONES = {Tone.GOOD: "good", Tone.CAUTION: "caution", Tone.BAD: "bad", Tone.BROKEN: "broken", Tone.NEUTRAL: ""}


def kind_of(block: Block) -> str:
    """The name of a block's class, by which a template chooses how to draw it."""
    return type(block).__name__


def breaking(text: str) -> str:
    """The class of a text by how its lines may end: anywhere within a hash, nowhere within a date, else at spaces."""
    longest = max(map(len, text.split()), default=0)
    if longest > _LONGEST_WORD:
        return "breaks"
    return "whole" if len(text) == longest <= _SHORT_WORD else ""


def stands_in_one_line(figure: Figure) -> bool:
    """Whether a figure is so short that a column is made wide enough for it: not where it is a sentence."""
    return len(figure.text) <= _LONGEST_LINE


def counted(number: int) -> str:
    """`10,000`."""
    return f"{number:,}"


def moment(text: str) -> str:
    """`2026-11-28 10:00 UTC` of an ISO 8601 moment in UTC; anything else as it is."""
    day, _, time = text.partition("T")
    is_utc = time.endswith(("+00:00", "Z"))
    return f"{day} {time[:5]} UTC" if is_utc else text
