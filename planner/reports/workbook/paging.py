"""Where a sheet's printed pages end: between blocks, so that no chart or short table is cut in two."""

from collections.abc import Iterator, Mapping, Sequence

_ROW_POINTS = 15.0
_CHARACTER_POINTS = 5.6
_PAGE_WIDTH, _PAGE_HEIGHT = 770.0, 495.0  # points of a landscape A4 page inside its margins
_SHRUNK = 1.35  # pages that are set on one
_HEAD = 0.3  # of a page: as much may stand above a block that takes more than one
_MOST_ROWS = 1000  # longer sheets are tables, whose heading is repeated wherever a page ends


def is_a_page_when_shrunk(*, last: int, heights: Mapping[int, float], widths: Mapping[int, float]) -> bool:
    """Whether the sheet is so little over one page that it is better read on one, a bit smaller."""
    if last > _MOST_ROWS:
        return False
    room = _PAGE_HEIGHT * max(1.0, sum(widths.values()) * _CHARACTER_POINTS / _PAGE_WIDTH)
    return sum(heights.get(row, _ROW_POINTS) for row in range(last + 1)) <= _SHRUNK * room


def breaks_of(
    starts: Sequence[int], *, last: int, heights: Mapping[int, float], widths: Mapping[int, float]
) -> Iterator[int]:
    """The rows that begin a page, of those at which a block starts; a sheet is shrunk until its width fits."""
    if last > _MOST_ROWS:
        return
    width = sum(widths.values()) * _CHARACTER_POINTS
    room = _PAGE_HEIGHT * max(1.0, width / _PAGE_WIDTH)
    used = 0.0
    ends = [*starts[1:], last + 1]
    for start, end in zip(starts, ends, strict=True):
        block = sum(heights.get(row, _ROW_POINTS) for row in range(start, end))
        is_cut_anyway = block > room and used < _HEAD * room
        if used and used + block > room and not is_cut_anyway:
            yield start
            used = 0.0
        used = (used + block) % room if block > room else used + block
