"""The cells of price tables, the same on every face: amounts, changes, ages, and text that strangers wrote."""

from datetime import date

from rich.table import Table
from rich.text import Text

from planner.services.price_questions import PriceRow
from planner.wording.marks import signed
from planner.wording.quantities import ABSENT
from planner.wording.text import plain

OLD_DAYS = 400
"""As `planner prices lint` tells: list prices change about once a year, and a month is left to look again."""
AGEING_DAYS = 120
"""Spot prices move within weeks, list prices within a season: from here on it is worth a look."""

_FIGURES = {"per hour", "per year", "ratio", "change", "was", "is", "prices"}
_UNBROKEN = {"of", "from"}
_YEAR_DAYS = 365
_MONTH_DAYS = 30.4
_FEW_DAYS = 60


def new_table(*headings: str) -> Table:
    """A table without lines; figures stand to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        is_figure = heading in _FIGURES or heading.endswith("-h")
        table.add_column(
            heading,
            overflow="fold",
            justify="right" if is_figure else "left",
            no_wrap=is_figure or heading in _UNBROKEN,  # a price over two lines is misread
        )
    return table


def cell(text: str) -> Text:
    """Foreign text, safe to print."""
    return Text(plain(text))


def amount(value: float | None, currency: str = "USD") -> str:
    """`$0.5260`, `EUR 1.2000`, or the sign of nothing."""
    if value is None:
        return ABSENT
    return f"{'$' if currency == 'USD' else f'{currency} '}{value:,.4f}"


def change(share: float | None) -> Text:
    """`▼ −33.00 %`: an arrow beside the colour; dearer is red, cheaper is green."""
    if share is None:
        return Text(ABSENT)
    told = f"{100 * share:+,.2f} %".replace("-", "−")
    if abs(share) < 1e-9:  # noqa: PLR2004 - what floats leave of nothing
        return Text("0 %", style="dim")
    return Text(f"{'▲' if share > 0 else '▼'} {told}", style="red" if share > 0 else "green")


def market(row: PriceRow) -> str:
    """`aws us-east-1`."""
    return f"{row.provider} {row.region}"


def devices(row: PriceRow) -> str:
    """`8 × t4`, or what one instance has without a count; + where it must be attached to an instance."""
    name = f"{row.target_id or row.device or ABSENT}{'' if row.is_rentable_alone else ' +'}"
    return f"{row.devices:.4g} × {name}" if row.devices else name


def shape(row: PriceRow) -> str:
    """`8 × t4 · 96 vCPUs · 384 GiB`, as far as it is known."""
    parts = [devices(row)] if row.devices or row.target_id else [row.device] if row.device else []
    if row.vcpus is not None:
        parts.append(f"{row.vcpus} vCPUs")
    if row.memory_gib is not None:
        parts.append(f"{row.memory_gib:g} GiB")
    return " · ".join(parts)


def age_word(days: int) -> str:
    """`fresh`, `ageing` or `old`."""
    return "old" if days > OLD_DAYS else "ageing" if days > AGEING_DAYS else "fresh"


def age(days: int) -> Text:
    """`✓ fresh 83 d`, `~ ageing 4 mo`, `! old 3.2 y`: the sign, the word and how long."""
    word = age_word(days)
    return signed({"fresh": "✓", "ageing": "~", "old": "!"}[word], f"{word} {span(days)}")


def span(days: int) -> str:
    """Days as people say them: `83 d`, `7 mo`, `3.2 y`."""
    if days <= _FEW_DAYS:
        return f"{days} d"
    if days < _YEAR_DAYS:
        return f"{days / _MONTH_DAYS:.0f} mo"
    return f"{days / _YEAR_DAYS:.1f} y"


def day_of(row: PriceRow) -> Text:
    """The day of a price, with a word where it is old."""
    return dated(row.as_of, row.age_days)


def dated(day: date, days: int) -> Text:
    """Likewise, of any day."""
    return Text(f"{day}{' old' if days > OLD_DAYS else ''}", no_wrap=True)
