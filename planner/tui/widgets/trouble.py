"""Says in place what went wrong and what to do. Shown while there is trouble, and folded away otherwise."""

from textual.widgets import Static

from planner.wording.text import plain


class Trouble(Static):
    """A sentence behind `!`. Empty: not shown."""

    DEFAULT_CSS = """
    Trouble { display: none; height: auto; padding: 0 1; color: $error; background: $error 10%; }
    Trouble.-shown { display: block; }
    """

    def tell(self, sentence: str) -> None:
        """Show what went wrong."""
        self.update(f"! {plain(sentence)}")
        self.add_class("-shown")

    def settle(self) -> None:
        """It is over."""
        self.remove_class("-shown")
