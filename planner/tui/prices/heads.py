"""The lines above the price list."""

from collections import Counter

from rich.text import Text

from planner.drawing.price_cells import age_word
from planner.drawing.refresh_progress import progress_line
from planner.services.price_overview import PriceOverview
from planner.tui.prices.refreshing import Refreshing
from planner.wording.marks import signed
from planner.wording.text import plain


def price_head(found: PriceOverview) -> Text:
    """How many, from how many books, how old, and whether something looks wrong."""
    ages = Counter(age_word(row.age_days) for row in found.rows)
    count = len(found.findings)
    parts = [f"{len(found.rows) + len(found.owned):,} prices"]
    parts.append(f"{count} finding{'s' * (count != 1)} (f)" if count else "nothing looks wrong")
    parts.append(
        ", ".join(f"{ages[word]:,} {word}" for word in ("fresh", "ageing", "old") if ages[word]) + " (u updates)"
    )
    parts.append(f"the shipped book{f' + {len(found.imported)} of yours' if found.imported else ''} (b)")
    parts.append(f"as of {found.as_of}")
    text = signed("!" if count else "✓", " · ".join(part for part in parts if part))
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def refresh_line(asked: Refreshing) -> Text:
    """How far it is, and how to end it."""
    if asked.is_cancelled:
        return Text("… cancelling: nothing will be stored; it ends when the network lets go", no_wrap=True)
    progress = asked.progress
    told = "… beginning" if progress is None else f"… {progress_line(progress)}"
    if progress is not None and progress.is_waiting:
        told = told.replace("…", "~", 1)
    return Text.assemble(("x cancels · ", "bold"), plain(told), no_wrap=True, overflow="ellipsis")
