"""Draws the cheapest mix: what it consists of, what it beats and by how much, and how sure that is."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_figures import SHORT, amount, many, price, signed_amount
from planner.services.plans.document import ProjectionDocument
from planner.services.plans.optimum_document import (
    OptimumDocument,
    OptimumLineDocument,
    RivalDocument,
)
from planner.wording.marks import signed
from planner.wording.quantities import bar
from planner.wording.text import plain
from pricing.vocabulary import Provenance

_BAR = 14
_MOST_RIVALS = 8  # further ones are in the JSON form
_BLOCKS = "▁▂▃▄▅▆▇█"
_SURE = 1e-9  # of a gap: what rounding leaves


def optimum_lines(one: ProjectionDocument) -> Iterator[RenderableType]:
    """Nothing where it was not asked for."""
    found = one.optimum
    if found is None:
        return
    if found.reason is not None:
        yield signed("✗", found.reason)
        return
    yield signed("~" if found.conditions else "✓", found.headline)
    for condition in found.conditions:
        yield _inner(f"on condition that {condition}")
    yield _inner(f"chosen from {found.asked}")
    busy = "" if found.utilisation is None else f", {100 * found.utilisation:.0f} % busy then"
    yield _inner(f"{found.survives}{busy}; {_proof(found)}")
    yield _mix(found)
    for line in found.lines:
        if len(set(line.by_hour)) > 1:
            yield _inner(f"{line.instance} by the hour  0 h {_day(line.by_hour)} 24 h, {_span(line.by_hour)}")
    for note in (*_grounds(found), *found.notes):
        yield _inner(note)
    yield ""
    yield _beside(found)
    yield from _turns(found)
    yield from _cases(found)
    yield from _left_out(found)


def _proof(found: OptimumDocument) -> str:
    """What is claimed of it: optimal, or how far from that it may be."""
    offers = f"{found.offers:,} offers"
    if found.gap <= _SURE:
        counted = "" if found.is_loss_exact else ", every failing instance counted as one of the largest"
        return f"proven to be the cheapest of {offers}{counted}"
    return f"of {offers}; the search ended before the proof: none is cheaper by more than {100 * found.gap:.2g} %"


def _mix(found: OptimumDocument) -> Table:
    table = _table("", "serves", "one instance", "load", "price", "a year", "")
    largest = max(float(line.cost_per_year) for line in found.lines)
    for line in found.lines:
        table.add_row(
            Text(plain(f"{line.instances:,} × {line.instance}"), style="bold"),
            Text(plain(f"{line.target} · {line.variant}, {_evidence(line)}")),
            f"{many(line.per_instance_per_s)} /s",
            f"{100 * line.load_share:.0f} %",
            Text(plain(f"{price(float(line.price_per_hour))} {found.currency}/h {line.purchase}, {line.price_as_of}")),
            amount(line.cost_per_year, found.currency),
            bar(float(line.cost_per_year), of=largest, width=_BAR // 2),
        )
    return table


def _grounds(found: OptimumDocument) -> tuple[str, ...]:
    """What projected rates of the mix were reckoned from: no projected figure stands without its figures."""
    projected = [line for line in found.lines if line.evidence == Provenance.PROJECTED and line.rows]
    told = {f"{line.variant} on {line.target} is projected from: {'; '.join(line.rows)}": None for line in projected}
    return tuple(told)


def _evidence(line: OptimumLineDocument) -> str:
    level = f" level {line.level}" if line.level else ""
    band = f" ×/÷ {line.band:.2f}" if line.band is not None else ""
    return f"{line.evidence}{level}{band}"


def _beside(found: OptimumDocument) -> Table:
    """The mix, the plan's columns and the rivals in one table, by cost."""
    own = found.cost_per_year or Decimal(0)
    rows: list[tuple[Decimal, str, str, str]] = [(own, "the cheapest mix", str(found.instances), "bold green")]
    rows.extend(
        (one.cost_per_year, f"{SHORT[one.name]}{', at least' if one.is_bound else ''}", "", "dim")
        for one in found.columns
    )
    rows.extend(
        (one.cost_per_year, ", ".join(one.names), f"{one.instances:,}", "") for one in found.rivals[:_MOST_RIVALS]
    )
    largest = max(float(cost) for cost, *_ in rows)
    table = _table("", "instances", f"{found.currency} a year", "more", "", "")
    for cost, name, instances, style in sorted(rows, key=lambda row: row[0]):
        more = cost - own
        table.add_row(
            Text(plain(name), style=style),
            Text(instances, justify="right"),
            Text(f"{cost:,.0f}", justify="right"),
            Text(signed_amount(more, "").strip() if more else "", justify="right"),
            Text(_percent(float(more / own)) if more and own else "", justify="right"),
            Text(bar(float(cost), of=largest, width=_BAR), style=style),
        )
    return table


def _turns(found: OptimumDocument) -> Iterator[RenderableType]:
    for rival in found.rivals[:2]:
        yield Text(plain(f"{rival.names[0]}: {rival.mix}; {_turn(rival, found.currency)}"))


def _turn(rival: RivalDocument, currency: str) -> str:
    if rival.turns_at is None or rival.turns_by is None:
        return "costs as little at no price of its own offers"
    if not rival.difference:
        return "costs the same"
    less = "less" if rival.turns_by < 1.0 else "more"
    alike = f", and {' and '.join(rival.turns_alike)} as much {less}" if rival.turns_alike else ""
    at = f"{price(rival.turns_at)} {currency}/h ({_percent(rival.turns_by - 1)})"
    return f"costs the same once {rival.turns_on} costs {at}{alike}"


def _cases(found: OptimumDocument) -> Iterator[RenderableType]:
    """Those of the rates that the mix rests on, and those that change the answer; of the others how many."""
    if not found.cases:
        return
    kept = sum(one.is_same for one in found.cases)
    yield ""
    sign = "✓" if kept == len(found.cases) else "~"
    yield signed(
        sign, f"uncertain rates at the ends of their ranges: in {kept} of {len(found.cases)} cases the same offers win"
    )
    own = {f"{line.variant} on {line.target}" for line in found.lines}
    table = _table("", "", "", "cheapest then", f"{found.currency} a year")
    for one in found.cases:
        if one.is_same and one.subject not in own and one.per_s is not None:
            continue
        rate = "" if one.per_s is None else f"{many(one.per_s)} /s"
        style = "" if one.is_same else "yellow"
        cost = Text(f"{one.cost_per_year:,.0f}", justify="right")
        table.add_row(Text(plain(one.subject)), one.end, rate, Text(plain(one.mix), style=style), cost)
    yield Padding(table, (0, 0, 0, 2))


def _left_out(found: OptimumDocument) -> Iterator[RenderableType]:
    if not found.left_out:
        return
    yield ""
    table = Table.grid(padding=(0, 2, 0, 0))
    for cause in dict.fromkeys(one.cause for one in found.left_out):
        names = ", ".join(dict.fromkeys(one.subject for one in found.left_out if one.cause == cause))
        table.add_row(Text("not chosen from", style="dim"), Text(plain(cause)), Text(plain(names), overflow="fold"))
    yield table


def _day(by_hour: Sequence[int]) -> str:
    most = max(by_hour)
    return "".join(_BLOCKS[round((len(_BLOCKS) - 1) * count / most)] for count in by_hour)


def _percent(share: float) -> str:
    return f"{100 * share:+,.1f} %".replace("-", "−")


def _span(by_hour: Sequence[int]) -> str:
    return f"{min(by_hour):,} to {max(by_hour):,}"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, header_style="dim", overflow="fold")
    return table


def _inner(text: str) -> RenderableType:
    return Padding(Text(plain(text)), (0, 0, 0, 2))
