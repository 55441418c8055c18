"""Claims and waivers as lists."""

from collections.abc import Callable

from rich.text import Text

from planner.drawing.sanity_view import verdict_of
from planner.services.sanity import ClaimRecord, SanityReport
from planner.store.waivers import Waiver
from planner.tui.widgets.grid import GridColumn
from planner.wording.marks import signed
from planner.wording.text import plain
from pricing.sanity.finding import Verdict

_WORST_FIRST = tuple(Verdict)  # as the rules order them


def claim_columns() -> tuple[GridColumn[ClaimRecord], ...]:
    """The worst first."""
    return (
        GridColumn(
            title="verdict", draw=verdict_of, least=15, order=lambda one: _WORST_FIRST.index(Verdict(one.verdict))
        ),
        GridColumn(title="claim", draw=lambda one: _short(one.id), least=14),
        GridColumn(title="rules", draw=lambda one: _short(" ".join(one.rules)), least=8, rank=2),
        GridColumn(title="what it says", draw=lambda one: _short(one.says), least=20, rank=1),
    )


def waiver_columns(report: Callable[[], SanityReport | None]) -> tuple[GridColumn[Waiver], ...]:
    """The latest first. `report` is asked at every drawing: whether a waiver counts depends on it."""

    def state(one: Waiver) -> Text:
        return state_of(one, report())

    return (
        GridColumn(title="claim", draw=lambda one: _short(one.claim_id), least=14),
        GridColumn(title="state", draw=state, rank=1),
        GridColumn(title="rules", draw=lambda one: _short(" ".join(one.rules)), least=8, rank=2),
        GridColumn(title="by", draw=lambda one: _short(one.by), least=10),
        GridColumn(
            title="when",
            draw=lambda one: Text(f"{one.moment:%Y-%m-%d}"),
            order=lambda one: one.moment,
            starts_descending=True,
        ),
        GridColumn(title="why", draw=lambda one: _short(one.note), least=16, rank=1),
    )


def state_of(one: Waiver, report: SanityReport | None) -> Text:
    """Whether a waiver counts for a claim of the report."""
    claims = report.claims if report is not None else ()
    if any(claim.waiver == one for claim in claims):
        return signed("✓", "counts here")
    if any(claim.id == one.claim_id and claim.digest != one.digest for claim in claims):
        return signed("!", "the claim has changed")
    if any(claim.digest == one.digest for claim in claims):
        return signed("~", "a later one counts")
    return signed("~", "of another file")


def _short(text: str) -> Text:
    return Text(plain(text), no_wrap=True, overflow="ellipsis")
