"""Parts of the text: the first page, and every other section with those below it."""

from collections.abc import Mapping
from dataclasses import dataclass

from planner.reports.document import Decision, KeyFigures, Notice, Section
from planner.reports.figures import Tone
from planner.reports.markdown.blocks import Writer
from planner.reports.markdown.escaping import cut, in_tag, inline

# A section that is longer is folded.
_SHORT = 900
_IN_A_FRAME = 8  # notices: what is too much for a comment is left out by frames
_WORST_FIRST = (Tone.BROKEN, Tone.BAD, Tone.CAUTION, Tone.NEUTRAL, Tone.GOOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section with those below it, and the sections' titles by the keys in them."""

    sections: tuple[Section, ...]
    places: Mapping[str, str]

    @property
    def title(self) -> str:
        """Of its first section, harmless."""
        return cut(self.sections[0].title) or "–"

    def opened(self, *, most_rows: int) -> list[str]:
        """The first page's blocks: what is asked, how much, what must not be overlooked; then the rest, in order."""
        blocks = self.sections[0].blocks
        first = [block for kind in (Decision, KeyFigures) for block in blocks if isinstance(block, kind)]
        notices = [block for block in blocks if isinstance(block, Notice)]
        rest = [block for block in blocks if not isinstance(block, Decision | Notice | KeyFigures)]
        writer = Writer(places=self.places, most_rows=most_rows)
        alike = ([one for one in notices if one.tone is tone] for tone in _WORST_FIRST)
        framed = (some[at : at + _IN_A_FRAME] for some in alike for at in range(0, len(some), _IN_A_FRAME))
        told = ["\n".join(writer.alert(some[0].tone, some)) for some in framed]
        opened, left = (["\n".join(writer.lines(block)) for block in some] for some in (first, rest))
        return [*opened, *told, *left]

    def folded(self, *, most_rows: int) -> str:
        """The whole part, behind its title where it is long."""
        writer = Writer(places=self.places, most_rows=most_rows)
        texts = []
        for index, section in enumerate(self.sections):
            if index:
                texts.append(f"#### {inline(section.title)}")
            texts += ["\n".join(writer.lines(block)) for block in section.blocks]
        body = "\n\n".join(text for text in texts if text)
        if len(body) <= _SHORT:
            return f"### {inline(self.title)}\n\n{body}"
        return f"<details>\n<summary><b>{in_tag(self.title)}</b></summary>\n\n{body}\n\n</details>"
