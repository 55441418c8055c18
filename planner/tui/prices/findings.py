"""What looks wrong, as a list: the rule, how many prices, the sentence."""

from rich.text import Text

from planner.tui.widgets.grid import GridColumn
from planner.wording.marks import signed
from planner.wording.text import plain
from pricing.book import BookFinding


def finding_columns() -> tuple[GridColumn[BookFinding], ...]:
    """Rule, size, words."""
    return (
        GridColumn(title="rule", draw=lambda one: signed("!", one.rule)),
        GridColumn(
            title="prices",
            draw=lambda one: Text(f"{len(one.offers):,}"),
            order=lambda one: len(one.offers),
            is_right=True,
        ),
        GridColumn(
            title="what looks wrong",
            draw=lambda one: Text(plain(one.sentence), no_wrap=True, overflow="ellipsis"),
            least=30,
        ),
    )
