"""Draws claims with their verdicts, then the reasons with the arithmetic, then the counts."""

from collections import Counter
from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.services.sanity import ClaimRecord, FindingRecord, SanityReport, WaiverList
from planner.store.waivers import Waiver
from planner.wording.marks import signed
from planner.wording.text import plain
from planner.wording.verdicts import VERDICT_SIGNS
from pricing.sanity.finding import Verdict

_DIGEST = 12


def report_screen(report: SanityReport) -> Iterator[RenderableType]:
    """The whole report."""
    source = f" ({report.source})" if report.source else ""
    yield Text(plain(f"{report.title}{source}"), style="bold")
    yield Text(f"held against data sheets, published rates, and prices as of {report.as_of} (book {report.book[:12]})")
    yield Text()
    yield _table(report)
    for claim in report.claims:
        yield Text()
        yield from claim_reasons(claim)
    yield Text()
    yield Text(_counts(report))


def waivers_screen(found: WaiverList) -> Iterator[RenderableType]:
    """A line for each waiver."""
    if not found.waivers:
        yield Text("nothing is waived")
    for one in found.waivers:
        yield Text(plain(waiver_line(one)))


def waiver_line(one: Waiver) -> str:
    """Who waived what, when and why."""
    rules = " ".join(one.rules)
    return f"{one.claim_id} ({rules}, claim {one.digest[:_DIGEST]}) waived {_by(one)}: {one.note}"


def _by(one: Waiver) -> str:
    return f"by {one.by} on {one.moment:%Y-%m-%d %H:%M} UTC"


def _table(report: SanityReport) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("claim", "verdict", "rules", "what it says"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "rules")
    for one in report.claims:
        table.add_row(Text(plain(one.id)), verdict_of(one), Text(" ".join(one.rules)), Text(plain(one.says)))
    return table


def verdict_of(claim: ClaimRecord) -> Text:
    """What came of it, behind its sign."""
    return signed(VERDICT_SIGNS[Verdict(claim.verdict)], f"{claim.words}{', waived' if claim.waiver else ''}")


def claim_reasons(claim: ClaimRecord) -> Iterator[RenderableType]:
    """What it says, who waived it, and what each rule says with the arithmetic."""
    yield Text(plain(f"{claim.id}: {claim.says}"), style="bold")
    if claim.waiver is not None:
        yield Padding(Text(plain(f"waived {_by(claim.waiver)}: {claim.waiver.note}")), (0, 0, 0, 2))
    for one in claim.findings:
        yield _finding(one)


def _finding(one: FindingRecord) -> Padding:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, width=3)
    grid.add_column(overflow="fold")
    grid.add_row(Text(one.rule), signed(VERDICT_SIGNS[Verdict(one.verdict)], f"{one.verdict}: {one.sentence}"))
    for line in one.arithmetic:
        grid.add_row(Text(), Text(plain(f"  {line}"), style="dim"))
    return Padding(grid, (0, 0, 0, 2))


def _counts(report: SanityReport) -> str:
    words = Counter(one.words for one in report.claims)
    listed = " · ".join(f"{count} {word}" for word, count in words.most_common())
    waived = f" · {report.waived} of {report.faults} faults waived" if report.waived else ""
    return f"{len(report.claims)} claim{'s' * (len(report.claims) != 1)}: {listed}{waived}"
