"""What the HTML form says beside the report's own words: of marks, of tones, of counts and moments."""

from planner.reports.document import Block
from planner.reports.figures import Mark, Tone

_LONGEST_WORD = 22
MARKS = {
    Mark.MEASURED: "by a run of planner on a machine that was at hand",
    Mark.PUBLISHED: "by a source that is named, with its date",
    Mark.PROJECTED: "carried over from another machine, with a level and a band",
    Mark.ASSUMED: "stated in the plan, by nobody measured",
    Mark.DERIVED: "reckoned from several others, each with its own mark",
}
TONES = {Tone.GOOD: "good", Tone.CAUTION: "caution", Tone.BAD: "bad", Tone.BROKEN: "broken", Tone.NEUTRAL: ""}


def kind_of(block: Block) -> str:
    """The name of a block's class, by which a template chooses how to draw it."""
    return type(block).__name__


def is_unbroken(text: str) -> bool:
    """Whether a text has a word so long that it must be broken where there is no space: a hash, a path."""
    return len(text) > _LONGEST_WORD and max(map(len, text.split()), default=0) > _LONGEST_WORD


def counted(number: int) -> str:
    """`10,000`."""
    return f"{number:,}"


def moment(text: str) -> str:
    """`2026-11-28 10:00 UTC` of an ISO 8601 moment in UTC; anything else as it is."""
    day, _, time = text.partition("T")
    is_utc = time.endswith(("+00:00", "Z"))
    return f"{day} {time[:5]} UTC" if is_utc else text
