"""Quality per class: a table of all of them, and a chart of the worst."""

from collections.abc import Sequence

from harness.verdict.checks import drop_of
from harness.verdict.wording import threshold
from harness.vocabulary import ClassComparison, GateRules
from planner.reports.chart_model import Axis, Bar, Bars, Rule
from planner.reports.document import Drawing, Row, Table
from planner.reports.figures import Tone, Words
from planner.services.reporting.evidence_figures import FigureMaker, slugs_of
from planner.services.reporting.evidence_runs import RunBehind
from planner.services.reporting.evidence_words import left, right, text
from planner.services.run_document import ArmDocument

MOST_DRAWN = 25
"""Bars of a chart: more cannot be read on a page."""
_MOST_SHOWN = 40


def worst_first(classes: Sequence[ClassComparison]) -> tuple[ClassComparison, ...]:
    """Those that lose most at the top; without samples at the bottom."""
    return tuple(sorted(classes, key=drop_of, reverse=True))


def class_table(behind: RunBehind, arm: ArmDocument) -> Table | None:
    """Every class, the worst on top; None where none was compared."""
    against = arm.quality_against_baseline
    if against is None or not against.classes:
        return None
    classes = worst_first(against.classes)
    slugs = slugs_of(one.name for one in classes)
    rules, figures = behind.document.gate, behind.figures(arm.name)
    return Table(
        key=figures.key("classes"),
        title=f"Classes of {arm.name}, the worst on top",
        headings=(
            left("class", "Class", is_wide=True),
            right("recall before", "BaselineRecall"),
            right("after", "CandidateRecall"),
            right("change", "RecallChange"),
            right("at least", "RecallChangeLow"),
            right("at most", "RecallChangeHigh"),
            right("samples", "Samples"),
            right("lost", "Lost"),
            right("gained", "Gained"),
            left("judged", "Judged"),
        ),
        rows=tuple(_row(one, figures, rules, part=slugs[one.name]) for one in classes),
        note=(
            f"Intervals hold for all judged classes together, at {100 * against.confidence:.3g} % confidence. Lost: "
            "right before, wrong after; gained: the reverse."
        ),
        most_shown=_MOST_SHOWN,
    )


def class_chart(behind: RunBehind, arm: ArmDocument) -> Drawing | None:
    """Change of recall with its interval, of the worst classes that have samples."""
    against = arm.quality_against_baseline
    classes = [one for one in worst_first(against.classes) if one.support] if against is not None else []
    if against is None or not classes:
        return None
    rules = behind.document.gate
    drawn = classes[:MOST_DRAWN]
    which = f"the worst {len(drawn)} of {len(classes):,} classes" if len(drawn) < len(classes) else "every class"
    broken = sum(rules.judges(one.name) and drop_of(one) > rules.class_drop for one in classes)
    told = f"Change of recall of {which}, with its interval. "
    told += f"{broken:,} of {len(classes):,} lose more than the {threshold(rules.class_drop)} points that are allowed."
    limit = Rule(at=-100 * rules.class_drop, label=f"allowed: −{threshold(rules.class_drop)} points", tone=Tone.BAD)
    return Drawing(
        chart=Bars(
            key=behind.figures(arm.name).key("classes-chart"),
            title=f"Change of recall by class: {arm.name}",
            told=told,
            axis=Axis(title="change of recall", unit="points", lower_is_better=False),
            bars=tuple(_bar(one, rules) for one in drawn),
            rules=(limit,),
        )
    )


def _row(one: ClassComparison, figures: FigureMaker, rules: GateRules, *, part: str) -> Row:
    prefix = f"class.{part}"
    known = one.baseline is not None and one.candidate is not None
    change = -drop_of(one) if one.support and known else None
    nothing = "no samples"
    return Row(
        key=figures.key(prefix),
        cells=(
            text(one.name),
            figures.share(f"{prefix}.before", one.baseline, digits=1, absent=nothing),
            figures.share(f"{prefix}.after", one.candidate, digits=1, absent=nothing),
            figures.points(f"{prefix}.change", change, absent=nothing),
            figures.points(f"{prefix}.low", one.lower if one.support else None, digits=2, absent=nothing),
            figures.points(f"{prefix}.high", one.upper if one.support else None, digits=2, absent=nothing),
            figures.count(f"{prefix}.samples", one.support, unit="samples"),
            figures.count(f"{prefix}.lost", one.lost, unit="samples"),
            figures.count(f"{prefix}.gained", one.gained, unit="samples"),
            _judged(one, rules),
        ),
    )


def _judged(one: ClassComparison, rules: GateRules) -> Words:
    if not rules.judges(one.name):
        return Words(text="not judged")
    if not one.support:
        return Words(text="unknown", tone=Tone.CAUTION)
    if drop_of(one) > rules.class_drop:
        return Words(text="drops too far", tone=Tone.BAD)
    is_proven = rules.judge_points or one.lower >= -rules.class_limit
    return Words(text="kept", tone=Tone.GOOD) if is_proven else Words(text="not proven", tone=Tone.CAUTION)


def _bar(one: ClassComparison, rules: GateRules) -> Bar:
    low, point, high = (100 * value for value in (one.lower, -drop_of(one), one.upper))
    return Bar(
        label=one.name,
        low=min(low, point),
        high=max(high, point),
        low_text=_points(low),
        high_text=_points(high),
        point=point,
        tone=_judged(one, rules).tone,
    )


def _points(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")
