"""Text with signs and colours as Rich knows them, in the theme's own colours.

Textual turns a bare Rich text into its own kind, in which `yellow` is a colour of the web, pale on white; inside a
group it stays a colour of the terminal, which the theme decides on.
"""

from rich.console import Group, RenderableType
from textual.widgets import Static


class Told(Static):
    """What was told last."""

    DEFAULT_CSS = "Told { height: auto; }"

    def tell(self, *parts: RenderableType) -> None:
        """Show these instead, one below the other."""
        self.update(Group(*parts))

    def tell_in_place(self, *parts: RenderableType) -> None:
        """The same where the height is fixed: nothing is laid out anew."""
        self.update(Group(*parts), layout=False)
