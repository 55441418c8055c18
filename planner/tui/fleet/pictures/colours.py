"""What each fleet looks like in every picture: a letter beside a colour, so that none is told by colour alone."""

from rich.text import Text

from planner.drawing.plan_columns import TITLES
from pricing.projection.model import ColumnName

LETTERS = {ColumnName.STAY: "s", ColumnName.QUANTISE: "q", ColumnName.MOVE: "m"}
COLOURS = {ColumnName.STAY: "blue", ColumnName.QUANTISE: "cyan", ColumnName.MOVE: "magenta"}
GAIN, LOSS = "green", "red"


def legend(*names: ColumnName) -> Text:
    """`s stay as is · q stay and quantise`."""
    text = Text(no_wrap=True, overflow="ellipsis")
    for number, name in enumerate(names):
        text.append("   " if number else "")
        text.append(f"━{LETTERS[name]}━ ", style=f"bold {COLOURS[name]}").append(TITLES[name], style="dim")
    return text


def heading(title: str, told: str = "") -> Text:
    """The name of a picture, and how it is read."""
    text = Text(title, style="bold", no_wrap=True, overflow="ellipsis")
    return text.append(f"  {told}", style="not bold dim") if told else text
