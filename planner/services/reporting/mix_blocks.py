"""The cheapest mix of offers: what it consists of, what it beats, on what that hangs."""

from collections.abc import Iterator

from planner.reports.document import Block, Bullets, Notice, Table
from planner.reports.figures import Bound, Tone
from planner.services.plans.optimum_document import OptimumDocument, OptimumLineDocument, RivalDocument
from planner.services.reporting.blocks import left, right, row, said, table, words
from planner.services.reporting.purse import Purse
from planner.services.reporting.question_figures import QuestionFigures, mark_of
from planner.services.reporting.wording import SHORT, minus, percent, price

_SURE = 1e-9  # of a gap: what rounding leaves


def mix_blocks(asked: QuestionFigures) -> Iterator[Block]:
    """Nothing where no mix was asked for."""
    found = asked.one.optimum
    if found is None:
        return
    if found.reason is not None:
        yield said(f"There is no such mix: {found.reason}", Tone.BAD)
        return
    yield said(found.headline, Tone.CAUTION if found.conditions else Tone.GOOD)
    for condition in found.conditions:
        yield Notice(tone=Tone.CAUTION, text=f"on condition that {condition}")
    yield said(f"Chosen from {found.asked}. {found.survives}; {_proof(found)}.")
    yield _lines(asked, found)
    yield _beside(asked, found)
    notes = [*found.notes, *(_turn(rival, found.currency) for rival in found.rivals[:3])]
    if notes:
        yield Bullets(items=tuple(words(note) for note in notes))
    if found.cases:
        yield _cases(asked, found)
    if found.left_out:
        yield _left_out(asked, found)


def _purse(asked: QuestionFigures, found: OptimumDocument) -> Purse:
    return Purse(own=found.currency, exchange=asked.purse.exchange)


def _proof(found: OptimumDocument) -> str:
    if found.gap <= _SURE:
        counted = "" if found.is_loss_exact else ", every failing instance counted as one of the largest"
        return f"proven to be the cheapest of {found.offers:,} offers{counted}"
    return f"of {found.offers:,} offers; none is cheaper by more than {percent(found.gap)}"


def _lines(asked: QuestionFigures, found: OptimumDocument) -> Table:
    headings = [
        left("instance", "SkuId"),
        left("serves", "x_Serves"),
        left("evidence", "x_EvidenceKind"),
        right("instances", "PricingQuantity"),
        right("load", "x_LoadShare"),
        left("price", "ListUnitPrice"),
        right("a year", "EffectiveCost"),
    ]
    purse = _purse(asked, found)
    rows = [
        row(
            f"{one.provider} {one.instance}",
            f"{one.target} · {one.variant}",
            _evidence(one),
            f"{one.instances:,}",
            percent(one.load_share),
            f"{one.price_per_hour} {found.currency}/h {one.purchase}, {one.price_as_of}",
            purse.figure(f"{asked.key}.mix.{number}.per_year", one.cost_per_year, mark=mark_of(one.evidence)),
        )
        for number, one in enumerate(found.lines)
    ]
    if found.cost_per_year is not None:
        total = purse.figure(f"{asked.key}.mix.per_year", found.cost_per_year)
        rows.append(row("together", "", "", f"{found.instances:,}", "", "", total, is_strong=True))
    return table(f"mix.{asked.key}", "The cheapest mix", headings, rows)


def _evidence(one: OptimumLineDocument) -> str:
    level = "" if one.level is None else f", level {one.level}"
    band = "" if one.band is None else f" ×/÷ {one.band:.2f}"
    return f"{one.evidence}{level}{band}; gate: {one.gate}"


def _beside(asked: QuestionFigures, found: OptimumDocument) -> Table:
    """The plan's fleets and the rivals, with what they cost more."""
    purse = _purse(asked, found)

    rows = []
    for one in found.columns:
        bound = Bound.AT_LEAST if one.is_bound else Bound.EXACT
        key = f"{asked.key}.mix.{one.name}"
        cost = purse.figure(f"{key}.cost", one.cost_per_year, bound=bound)
        rows.append(row(SHORT[one.name], cost, purse.figure(f"{key}.more", one.difference, bound=bound)))
    for number, rival in enumerate(found.rivals):
        key = f"{asked.key}.mix.rival.{number}"
        cost = purse.figure(f"{key}.cost", rival.cost_per_year)
        rows.append(row(f"{', '.join(rival.names)}: {rival.mix}", cost, purse.figure(f"{key}.more", rival.difference)))
    headings = [
        left("", "x_Answer", is_wide=True),
        right("a year", "EffectiveCost"),
        right("more than the mix", "x_More"),
    ]
    return table(f"rivals.{asked.key}", "Beside other answers", headings, rows)


def _turn(rival: RivalDocument, currency: str) -> str:
    name = rival.names[0] if rival.names else rival.mix
    if rival.turns_at is None or rival.turns_by is None:
        return f"{name} costs as little at no price of its own offers"
    alike = f", and {' and '.join(rival.turns_alike)} by the same factor" if rival.turns_alike else ""
    share = minus(f"{100 * (rival.turns_by - 1):+.1f} %")
    return f"{name} costs the same once {rival.turns_on} costs {price(rival.turns_at)} {currency}/h ({share}){alike}"


def _cases(asked: QuestionFigures, found: OptimumDocument) -> Table:
    purse = _purse(asked, found)
    headings = [
        left("rate", "x_Subject", is_wide=True),
        left("at its end", "x_End"),
        left("cheapest then", "x_Mix", is_wide=True),
        right("a year", "EffectiveCost"),
    ]
    rows = [
        row(
            one.subject,
            one.end,
            words(one.mix, Tone.GOOD if one.is_same else Tone.CAUTION),
            purse.figure(f"{asked.key}.mix.case.{number}", one.cost_per_year),
        )
        for number, one in enumerate(found.cases)
    ]
    return table(f"cases.{asked.key}", "With uncertain rates at the ends of their ranges", headings, rows)


def _left_out(asked: QuestionFigures, found: OptimumDocument) -> Table:
    headings = [left("offer", "x_Subject"), left("cause", "x_Cause"), left("reason", "x_Reason", is_wide=True)]
    rows = [row(one.subject, one.cause, one.reason) for one in found.left_out]
    return table(f"left-out.{asked.key}", "Not chosen from", headings, rows)
