"""How several lines are told apart: a letter each, and a colour that only helps."""

from textual.app import App

_DARK = ("#7aa2f7", "#e0af68", "#73daca", "#ff8f9c", "#bb9af7", "#9ece6a", "#2ac3de", "#dfe3f0")
_LIGHT = ("#1d4ed8", "#92400e", "#15603a", "#b3261e", "#6b21a8", "#4d6b00", "#0e7490", "#1b1f27")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def letter_of(number: int) -> str:
    """`a` for the first; there are more letters than lines that anybody could tell apart."""
    return _LETTERS[number % len(_LETTERS)]


def colours_of(app: App[object]) -> tuple[str, ...]:
    """Of the theme, as `#rrggbb`, in the order of the letters; the ninth line has the colour of the first."""
    return _DARK if app.current_theme.dark else _LIGHT
