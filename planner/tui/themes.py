"""Our own two themes. Every colour that means something has a sign beside it, so they may differ in taste alone.

Contrast of text on ground is 7:1 or more in both (WCAG 2.2, level AAA), of meaning colours 4.5:1 or more.
"""

from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

DARK = Theme(
    name="planner-dark",
    primary="#7aa2f7",
    secondary="#2ac3de",
    accent="#e0af68",
    success="#73daca",
    warning="#e0af68",
    error="#ff8f9c",
    foreground="#dfe3f0",
    background="#14161d",
    surface="#1b1e28",
    panel="#242836",
    dark=True,
    variables={
        "footer-key-foreground": "#e0af68",
        "block-cursor-text-style": "none",
        "scrollbar": "#414868",
        "scrollbar-background": "#1b1e28",
        "scrollbar-background-hover": "#1b1e28",
        "scrollbar-background-active": "#1b1e28",
        "scrollbar-corner-color": "#1b1e28",
    },
)
LIGHT = Theme(
    name="planner-light",
    primary="#1d4ed8",
    secondary="#0e7490",
    accent="#92400e",
    success="#15603a",
    warning="#854d0e",
    error="#b3261e",
    foreground="#1b1f27",
    background="#fbfaf7",
    surface="#f2f0ea",
    panel="#e6e3da",
    dark=False,
    variables={
        "footer-key-foreground": "#92400e",
        "block-cursor-text-style": "none",
        "scrollbar": "#a8a396",
        "scrollbar-background": "#e6e3da",
        "scrollbar-background-hover": "#e6e3da",
        "scrollbar-background-active": "#e6e3da",
        "scrollbar-corner-color": "#e6e3da",
    },
)
THEMES = (DARK, LIGHT)

_Colour = tuple[int, int, int]


def _terminal(ground: _Colour, ink: _Colour, colours: list[_Colour]) -> TerminalTheme:
    return TerminalTheme(ground, ink, colours, colours)


# What green, red and yellow are in tables: black, red, green, yellow, blue, magenta, cyan, white.
DARK_TERMINAL = _terminal(
    (20, 22, 29),
    (223, 227, 240),
    [
        *((65, 72, 104), (255, 143, 156), (115, 218, 202), (224, 175, 104)),
        *((122, 162, 247), (187, 154, 247), (42, 195, 222), (223, 227, 240)),
    ],
)
LIGHT_TERMINAL = _terminal(
    (251, 250, 247),
    (27, 31, 39),
    [
        *((27, 31, 39), (179, 38, 30), (21, 96, 58), (133, 77, 14)),
        *((29, 78, 216), (107, 33, 168), (14, 116, 144), (90, 90, 90)),
    ],
)


def next_theme(name: str) -> str:
    """The other one; from a foreign theme to the first."""
    names = [theme.name for theme in THEMES]
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]
