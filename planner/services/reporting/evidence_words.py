"""Words of results with the tone that they are taken in, and blocks that most sections have."""

from collections.abc import Iterable, Sequence

from harness.vocabulary import Gate, NoiseClass, ProofState, Severity, Speed
from planner.reports.document import Align, Bullets, Heading
from planner.reports.figures import Tone, Words

GATES = {
    Gate.ACCEPTED: Tone.GOOD,
    Gate.REJECTED: Tone.BAD,
    Gate.UNPROVEN: Tone.CAUTION,
    Gate.NOT_MEASURED: Tone.CAUTION,
}
SPEEDS = {
    Speed.FASTER: Tone.GOOD,
    Speed.SLOWER: Tone.BAD,
    Speed.EQUIVALENT: Tone.BAD,
    Speed.INCONCLUSIVE: Tone.CAUTION,
    Speed.NOT_INT8: Tone.BROKEN,
    Speed.BASELINE_NOT_AS_NAMED: Tone.BROKEN,
    Speed.FAILED: Tone.BROKEN,
}
NOISES = {
    NoiseClass.QUIET: Tone.GOOD,
    NoiseClass.USABLE: Tone.GOOD,
    NoiseClass.NOISY: Tone.CAUTION,
    NoiseClass.UNFIT: Tone.BAD,
}
PROOFS = {ProofState.AS_NAMED: Tone.GOOD, ProofState.NOT_AS_NAMED: Tone.BROKEN, ProofState.UNVERIFIED: Tone.CAUTION}
SEVERITIES = {Severity.INFO: Tone.NEUTRAL, Severity.WARNING: Tone.CAUTION, Severity.SERIOUS: Tone.BAD}
WORST_GATE_FIRST = (Gate.REJECTED, Gate.UNPROVEN, Gate.NOT_MEASURED, Gate.ACCEPTED)
_MOST_TOLD = 200  # lines of a list: after them nobody reads, and files grow without end


def left(title: str, key: str, *, is_wide: bool = False) -> Heading:
    """The head of a column of text."""
    return Heading(title=title, key=key, is_wide=is_wide)


def right(title: str, key: str) -> Heading:
    """The head of a column of figures."""
    return Heading(title=title, key=key, align=Align.RIGHT)


def text(words: str) -> Words:
    """A cell without tone."""
    return Words(text=words)


def code(words: str) -> Words:
    """A hash, a file name, a command."""
    return Words(text=words, is_code=True)


def listed(sentences: Iterable[str], *, tone: Tone = Tone.NEUTRAL) -> tuple[Bullets, ...]:
    """A list of sentences, each once; nothing where there are none."""
    items: Sequence[str] = list(dict.fromkeys(sentences))
    if not items:
        return ()
    shown = [Words(text=one, tone=tone) for one in items[:_MOST_TOLD]]
    if rest := len(items) - len(shown):
        shown.append(Words(text=f"and {rest:,} more"))
    return (Bullets(items=tuple(shown)),)
