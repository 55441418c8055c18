"""Keeps the text within what GitHub takes for one comment.

What is too much goes in this order, and the text says so: rows of tables, from the last section to the first; whole
sections, from the last; rows of the first page's tables; blocks of the first page, from the last.
"""

from planner.reports.markdown.escaping import inline
from planner.reports.markdown.parts import Part

MOST_CHARACTERS = 65_536
_ROWS = (40, 16, 6, 0)
_NOTE_ROOM, _LONGEST_NAME = 1200, 60


def fitted(*, head: str, parts: list[Part], foot: str) -> str:
    """The whole text, of at most `MOST_CHARACTERS` as UTF-16 counts them: an emoji is two."""
    room = MOST_CHARACTERS - _length(head) - _length(foot) - _NOTE_ROOM
    if not parts:
        return _joined([head, foot])
    front, rest = parts[0], parts[1:]
    opened = front.opened(most_rows=_ROWS[0])
    folded = [part.folded(most_rows=_ROWS[0]) for part in rest]
    if _fits([*opened, *folded], room):
        return _joined([head, *opened, *folded, foot])
    folded = _less(rest, folded, opened, room)
    for rows in _ROWS[1:]:
        if not _fits([*opened, *folded], room):
            opened = front.opened(most_rows=rows)
    kept = len(opened)
    while opened and not _fits([*opened, *folded], room):
        opened.pop()
    note = _note(rest[len(folded) :], blocks=kept - len(opened))
    return _joined([head, *opened, *folded, note, foot])


def _less(parts: list[Part], texts: list[str], opened: list[str], room: int) -> list[str]:
    """As much of the parts as has room beside the first page."""
    for rows in _ROWS[1:]:
        for index in reversed(range(len(texts))):
            if _fits([*opened, *texts], room):
                return texts
            texts[index] = parts[index].folded(most_rows=rows)
    while texts and not _fits([*opened, *texts], room):
        texts.pop()
    return texts


def _note(parts: list[Part], *, blocks: int) -> str:
    told = [f"Cut to the {MOST_CHARACTERS:,} characters of a comment: tables say how many rows are left out."]
    if parts:
        title = parts[0].title[:_LONGEST_NAME]
        told.append(f"Left out: {len(parts):,} section{'s' * (len(parts) > 1)}, from {inline(title)} on.")
    if blocks:
        told.append(f"Left out: {blocks:,} block{'s' * (blocks > 1)} of the first page.")
    return f"> [!NOTE]\n> {' '.join(told)} The other forms of this report have everything."


def _fits(texts: list[str], room: int) -> bool:
    return sum(_length(text) + 2 for text in texts) <= room


def _joined(texts: list[str]) -> str:
    return "\n\n".join(text for text in texts if text) + "\n"


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
