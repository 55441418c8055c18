"""What is drawn, as SVG elements in order. Every text is made harmless, cut to its room, and kept in the picture."""

import re
import zlib
from collections.abc import Sequence
from enum import StrEnum

from planner.reports.svg.palette import Palette
from planner.reports.svg.text import SIZE, escaped, harmless, shortened, width_of

_MARKER = 3.6
_SHAPES = 6
_CAP_HEIGHT = 0.36  # of the font's size, from its middle to its baseline
MARGIN = 4.0


class Anchor(StrEnum):
    """Which part of a text stands at its x."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


_BEFORE = {Anchor.START: 0.0, Anchor.MIDDLE: 0.5, Anchor.END: 1.0}
Spot = tuple[float, float]


def px(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


class Canvas:
    """A picture of a width, whose height is set when it is done."""

    def __init__(self, palette: Palette, width: float) -> None:
        self.palette = palette
        self.width = width
        self._parts: list[str] = []

    def line(self, start: Spot, end: Spot, *, stroke: str, weight: float = 1.0, dash: str = "") -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line x1="{px(start[0])}" y1="{px(start[1])}" x2="{px(end[0])}" y2="{px(end[1])}"'
            f' stroke="{stroke}" stroke-width="{px(weight)}"{dashed}/>'
        )

    def box(self, corner: Spot, size: Spot, *, fill: str, opacity: float = 1.0, stroke: str = "none") -> None:
        """A rectangle from its upper left corner."""
        see_through = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
        wide, high = (px(max(one, 0.0)) for one in size)
        self._parts.append(
            f'<rect x="{px(corner[0])}" y="{px(corner[1])}" width="{wide}" height="{high}"'
            f' fill="{fill}"{see_through} stroke="{stroke}"/>'
        )

    def trace(self, spots: Sequence[Spot], *, stroke: str, weight: float = 2.0, dash: str = "") -> None:
        """A line through spots."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<path d="{_path(spots)}" fill="none" stroke="{stroke}" stroke-width="{px(weight)}"'
            f' stroke-linejoin="round"{dashed}/>'
        )

    def area(self, spots: Sequence[Spot], *, fill: str, opacity: float) -> None:
        """A closed area between spots."""
        self._parts.append(f'<path d="{_path(spots)}Z" fill="{fill}" fill-opacity="{opacity:.2f}" stroke="none"/>')

    def marker(self, index: int, spot: Spot, *, colour: str) -> None:
        """A dot: its shape tells the series, as its colour does."""
        x, y = spot
        index += index // _SHAPES  # the seventh series has the first one's colour, so it gets another shape
        style = f'fill="{colour}" stroke="{self.palette.paper}" stroke-width="1"'
        if index % _SHAPES == 0:
            self._parts.append(f'<circle cx="{px(x)}" cy="{px(y)}" r="{px(_MARKER)}" {style}/>')
            return
        self._parts.append(f'<path d="{_path(_corners(index % _SHAPES, x, y))}Z" {style}/>')

    def text(
        self,
        spot: Spot,
        text: str,
        *,
        room: float,
        anchor: Anchor = Anchor.START,
        fill: str = "",
        size: float = SIZE,
        is_strong: bool = False,
        is_backed: bool = False,
        full: str = "",
    ) -> None:
        """A text whose middle is at the spot's y, shortened to `room`, with all of it (or `full`) in a title then."""
        shown = shortened(text, min(room, self.width - 2 * MARGIN), size=size, is_strong=is_strong)
        if not shown.strip():
            return
        wide = width_of(shown, size=size, is_strong=is_strong)
        start = spot[0] - wide * _BEFORE[anchor]
        x = spot[0] + min(max(start, MARGIN), max(self.width - MARGIN - wide, MARGIN)) - start
        if is_backed:
            corner = (x - wide * _BEFORE[anchor] - 2, spot[1] - size * 0.62)
            self.box(corner, (wide + 4, size * 1.24), fill=self.palette.paper, opacity=0.88)
        anchored = "" if anchor is Anchor.START else f' text-anchor="{anchor}"'
        weight = ' font-weight="600"' if is_strong else ""
        sized = "" if size == SIZE else f' font-size="{px(size)}"'
        element = (
            f'<text x="{px(x)}" y="{px(spot[1] + size * _CAP_HEIGHT)}" fill="{fill or self.palette.ink}"'
            f"{sized}{anchored}{weight}>{escaped(shown)}</text>"
        )
        whole = full or text
        is_cut = shown.strip() != harmless(whole).strip()
        self._parts.append(f"<g><title>{escaped(whole)}</title>{element}</g>" if is_cut else element)

    def finished(self, key: str, *, title: str, told: str, height: float) -> str:
        """The whole picture, as one `<svg>` element that names and describes itself."""
        name = slug(key)
        size = f"{px(self.width)} {px(height)}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{px(self.width)}"'
            f' height="{px(height)}" role="img" aria-labelledby="{name}-title {name}-desc"'
            f' font-family="{self.palette.font}" font-size="{px(SIZE)}">'
            f'<title id="{name}-title">{escaped(title)}</title><desc id="{name}-desc">{escaped(told)}</desc>'
            f"{''.join(self._parts)}</svg>"
        )


def slug(key: str) -> str:
    """A key as an identifier: letters, digits, `-`, `_`; others are replaced, and a checksum keeps two keys apart."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", key)[:60]
    return f"chart-{plain}" if plain == key else f"chart-{plain}-{zlib.crc32(key.encode('utf-8', 'replace')):08x}"


def _path(spots: Sequence[Spot]) -> str:
    return "M" + "L".join(f"{px(x)} {px(y)}" for x, y in spots)


def _corners(shape: int, x: float, y: float) -> tuple[Spot, ...]:
    r = _MARKER
    thin = r * 0.42
    match shape:
        case 1:
            return (x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)
        case 2:
            return (x, y - r * 1.25), (x + r * 1.2, y + r), (x - r * 1.2, y + r)
        case 3:
            return (x, y - r * 1.4), (x + r * 1.4, y), (x, y + r * 1.4), (x - r * 1.4, y)
        case 4:
            return (x, y + r * 1.25), (x + r * 1.2, y - r), (x - r * 1.2, y - r)
        case _:
            arms = ((-1, -3), (1, -3), (1, -1), (3, -1), (3, 1), (1, 1), (1, 3), (-1, 3), (-1, 1), (-3, 1), (-3, -1))
            return (*((x + a * thin, y + b * thin) for a, b in arms), (x - thin, y - thin))
