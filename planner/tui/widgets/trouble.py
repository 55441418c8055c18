"""Says in place what went wrong and what to do. Shown while there is trouble, and folded away otherwise."""

from rich.text import Text
from textual.widgets import Static

from planner.wording.text import plain


class Trouble(Static):
    """A sentence behind `!`. Empty: not shown. What does not fit is cut: whatever is long has a log of its own."""

    DEFAULT_CSS = """
    Trouble { display: none; height: auto; max-height: 8; padding: 0 1; color: $error; background: $error 10%; }
    Trouble.-shown { display: block; }
    """

    def tell(self, sentence: str) -> None:
        """Show what went wrong."""
        self.update(Text(f"! {plain(sentence)}"))
        self.add_class("-shown")

    def settle(self) -> None:
        """It is over."""
        self.remove_class("-shown")

    @property
    def is_shown(self) -> bool:
        """Whether there is trouble."""
        return self.has_class("-shown")
