"""How everything is made again: commands, where prices come from, seeds."""

import shlex
from collections.abc import Iterator

from planner.reports.document import Block, Commands, Paragraph, Row, Section, Table
from planner.reports.figures import Words
from planner.services.plans.document import PlanDocument
from planner.services.reporting.evidence_commands import bench_command, is_a_path, workload_name
from planner.services.reporting.evidence_runs import Behind, RunBehind
from planner.services.reporting.evidence_words import code, left, text

KEY = "reproduce"


def reproduce_section(behind: Behind, *, kept_as_of: str | None = None) -> Section:
    """The plan, its runs, its prices, its seeds.

    Args:
        behind: The plan and its runs.
        kept_as_of: The day of the prices of the plan as it is stored; None where it is not.
    """
    blocks = tuple(_blocks(behind, kept_as_of))
    return Section(key=KEY, title="How to make it again", blocks=blocks)


def _blocks(behind: Behind, kept_as_of: str | None) -> Iterator[Block]:
    yield from _plan(behind.plan, kept_as_of)
    for run in behind.runs:
        yield from _run(run)
    for gone in behind.gone:
        yield Paragraph(words=Words(text=f"Run {gone.run_id} {gone.why}."))
    yield _named_by_content(behind)
    if (prices := _prices(behind.plan)) is not None:
        yield prices


def _plan(plan: PlanDocument, kept_as_of: str | None) -> Iterator[Block]:
    if plan.plan is None:
        told = f"The plan was not kept: the same planner plan command with --as-of {plan.as_of} makes it again."
        yield Paragraph(words=Words(text=told))
        return
    if kept_as_of not in {None, plan.as_of}:
        told = f"The plan at the prices of {plan.as_of}, from what is stored of {kept_as_of}:"
        yield Paragraph(words=Words(text=told))
        yield Commands(lines=(shlex.join(("planner", "plans", "replay", plan.as_of, plan.plan)),))
    yield Paragraph(words=Words(text="The plan, made again from its runs, prices, assumptions and seed:"))
    yield Commands(lines=(shlex.join(("planner", "plans", "reproduce", plan.plan)), f"planner plans show {plan.plan}"))


def _run(run: RunBehind) -> Iterator[Block]:
    plan = run.run.plan
    told = f"Run {run.run_id}, measured anew with planner {run.document.planner_version}"
    if is_a_path(plan):
        told += f"; {workload_name(plan)} is where you keep it, and its digest must be {plan.workload_digest[:12]}"
    yield Paragraph(words=Words(text=f"{told}:"))
    yield Commands(lines=(bench_command(run.run), f"planner compare {run.run_id} latest"))


def _named_by_content(behind: Behind) -> Table:
    plan = behind.plan
    seeds = [(f"seed of run {one.run_id}", str(one.document.seed)) for one in behind.runs]
    lines = [
        ("plan", plan.plan or "not kept"),
        ("made by planner", plan.planner_version),
        ("prices as of", plan.as_of),
        ("price book (SHA-256)", plan.book),
        ("seed of the plan", str(plan.seed)),
        *seeds,
    ]
    return Table(
        key="reproduce.names",
        title="What fixes the figures",
        headings=(left("what", "Name"), left("value", "Value", is_wide=True)),
        rows=tuple(
            Row(key=f"reproduce.names.{number}", cells=(text(name), code(value)))
            for number, (name, value) in enumerate(lines, start=1)
        ),
    )


def _prices(plan: PlanDocument) -> Table | None:
    """Every price of a fleet, with where it comes from."""
    found = dict.fromkeys(
        (one.provider, one.region, one.instance, one.purchase, one.price_as_of, one.price_source)
        for projection in plan.projections
        for one in (column.fleet for column in projection.columns)
    )
    if not found:
        return None
    return Table(
        key="reproduce.prices",
        title="Where the prices come from",
        headings=(
            left("provider", "Provider"),
            left("region", "RegionName"),
            left("instance", "SkuId"),
            left("purchase", "PricingCategory"),
            left("as of", "PriceAsOf"),
            left("source", "PriceSource", is_wide=True),
        ),
        rows=tuple(
            Row(key=f"reproduce.prices.{number}", cells=tuple(text(cell) for cell in cells))
            for number, cells in enumerate(found, start=1)
        ),
        note="planner prices list --help shows how the rows of a book are looked up.",
    )
