"""Tables of speed: every arm under every load, the bounds of its quantiles, and what it serves."""

from collections.abc import Iterator

from harness.vocabulary import LatencyQuantile, LoadPoint, Measurement
from planner.reports.document import Row, Table
from planner.reports.figures import Bound, Cell, Tone, Words
from planner.services.arrivals import ServedArm
from planner.services.reporting.evidence_figures import FigureMaker
from planner.services.reporting.evidence_runs import RunBehind
from planner.services.reporting.evidence_words import NOISES, SPEEDS, left, right, text
from planner.services.reporting.latency_samples import is_identified
from planner.services.run_document import ArmDocument

_SHOWN = (0.5, 0.9, 0.99)
_NOT_IDENTIFIED = "not identified"


def latency_table(behind: RunBehind) -> Table:
    """Every arm that was timed, load by load: quantiles with their upper bounds, and throughput."""
    found = behind.document
    timed = [one for load in found.loads for arm in found.arms if (one := found.measurement(arm.name, load))]
    return Table(
        key=f"latencies.{behind.key}",
        title=f"Latency of one call and throughput, run {behind.run_id}",
        headings=(
            left("load", "Load"),
            left("arm", "Arm", is_wide=True),
            *(right(_name(p), _name(p).upper()) for p in _SHOWN),
            right("p99 at most", "P99High"),
            right("throughput", "Throughput"),
        ),
        rows=tuple(_latency_row(behind.figures(one.arm), one) for one in timed),
        note="Bounds of every quantile stand in the last table. Throughput counts samples, not calls.",
    )


def speed_table(behind: RunBehind) -> Table | None:
    """Every candidate against its baseline under every load; None where nothing was compared."""
    found = behind.document
    compared = [(load, arm) for load in found.loads for arm in behind.candidates if found.comparison(arm.name, load)]
    if not compared:
        return None
    return Table(
        key=f"speed.{behind.key}",
        title=f"Candidates against their baselines, run {behind.run_id}",
        headings=(
            left("load", "Load"),
            left("candidate", "Arm", is_wide=True),
            right("speed-up", "SpeedUp"),
            right("from", "SpeedUpLow"),
            right("to", "SpeedUpHigh"),
            right("pairs", "Pairs"),
            left("verdict", "Speed"),
            left("machine", "Noise"),
            right("differences show from", "MinimalEffect"),
        ),
        rows=tuple(_speed_row(behind, arm, load) for load, arm in compared),
        note=(
            "Speed-up: baseline time over candidate time, of paired blocks; with several calls in flight, of "
            "throughput. Machine: its noise, by the baseline against itself."
        ),
    )


def bounds_table(behind: RunBehind) -> Table:
    """Every quantile with its bounds and what they rest on."""
    rows = [
        _bounds_row(behind.figures(one.arm), one, quantile)
        for one in behind.document.measurements
        for quantile in one.quantiles
    ]
    confidence = next((q.confidence for one in behind.document.measurements for q in one.quantiles), 0.99)
    return Table(
        key=f"quantiles.{behind.key}",
        title=f"Quantiles of latency with their bounds, run {behind.run_id}",
        headings=(
            left("load", "Load"),
            left("arm", "Arm", is_wide=True),
            left("quantile", "Quantile"),
            right("at least", "LatencyLow"),
            right("figure", "Latency"),
            right("at most", "LatencyHigh"),
            right("calls", "Calls"),
            right("independent", "EffectiveCalls"),
        ),
        rows=tuple(rows),
        note=(
            f"Each bound holds at {100 * confidence:.3g} % confidence. Independent: calls less what they repeat of one "
            "another; where there are too few of them, or of the blocks they are from, a quantile or its bound is not "
            "identified."
        ),
        most_shown=40,
    )


def doubts_of_quantiles(behind: RunBehind) -> Iterator[str]:
    """What else than their number speaks against the calls that quantiles are of, such as foreign load."""
    for one in behind.document.measurements:
        for quantile in one.quantiles:
            for reason in (quantile.reason or "").split("; "):
                if reason and not reason.startswith(_NOT_IDENTIFIED):
                    yield f"{one.load.label}: {reason}"


def served_table(behind: RunBehind) -> Table | None:
    """Rates of random arrivals that keep the promise; None where they were not looked for."""
    server = behind.document.server
    if server is None or not server.arms:
        return None
    rules = server.rules
    shape = f"batches up to {rules.max_batch:,}" if rules.max_batch > 1 else "no batching"
    return Table(
        key=f"served.{behind.key}",
        title=f"Requests a second inside {rules.slo.label}, run {behind.run_id}",
        headings=(
            left("arm", "Arm", is_wide=True),
            right("holds", "HeldRate"),
            right("misses from", "MissedRate"),
            right("about", "PointRate"),
            right("against its baseline", "RateRatio"),
            left("what binds", "Binds", is_wide=True),
        ),
        rows=tuple(_served_row(behind.figures(one.arm), one) for one in server.arms),
        note=f"Random arrivals at {rules.instances:,} instance(s), {shape}. What holds is what fleets are sized with.",
    )


def _latency_row(figures: FigureMaker, one: Measurement) -> Row:
    quantiles = {quantile.p: quantile for quantile in one.quantiles}
    pairs = [_point_and_bound(figures, quantiles.get(p), one.load) for p in _SHOWN]
    cells = (*(point for point, _ in pairs), pairs[-1][1])
    throughput = figures.rate("throughput", one.throughput, load=one.load)
    return Row(key=figures.key("latency", one.load), cells=(text(one.load.label), text(one.arm), *cells, throughput))


def _speed_row(behind: RunBehind, arm: ArmDocument, load: LoadPoint) -> Row:
    figures, document = behind.figures(arm.name), behind.document
    comparison, verdict = document.comparison(arm.name, load), document.verdict(arm.name, load)
    ratio = comparison.deciding if comparison else None
    effect = comparison.noise.minimal_effect if comparison else None
    return Row(
        key=figures.key("speed", load),
        cells=(
            text(load.label),
            text(arm.name),
            *figures.ratio_and_interval("speed-up", ratio, load),
            figures.count("pairs", ratio.pairs, unit="pairs", load=load) if ratio else text(""),
            Words(text=str(verdict.speed), tone=SPEEDS[verdict.speed]) if verdict else text(""),
            Words(text=str(verdict.noise), tone=NOISES[verdict.noise]) if verdict else text(""),
            figures.share("minimal-effect", effect, digits=1, load=load, absent="not known"),
        ),
    )


def _name(p: float) -> str:
    return f"p{100 * p:g}"


def _point_and_bound(figures: FigureMaker, one: LatencyQuantile | None, load: LoadPoint) -> tuple[Cell, Cell]:
    if one is None or not is_identified(one):
        return text(_NOT_IDENTIFIED), text(_NOT_IDENTIFIED)
    name = _name(one.p).replace(".", "_")
    bound = figures.time(f"{name}-high", one.upper_s, load=load, absent=_NOT_IDENTIFIED)
    return figures.time(name, one.point_s, load=load), bound


def _bounds_row(figures: FigureMaker, one: Measurement, quantile: LatencyQuantile) -> Row:
    load, name = one.load, _name(quantile.p).replace(".", "_")
    point, upper = _point_and_bound(figures, quantile, load)
    return Row(
        key=figures.key(f"{name}.bounds", load),
        cells=(
            text(load.label),
            text(one.arm),
            text(_name(quantile.p)),
            figures.time(f"{name}-low", quantile.lower_s, load=load, absent=_NOT_IDENTIFIED),
            point,
            upper,
            figures.count(f"{name}-calls", quantile.samples, unit="calls", load=load),
            figures.count(f"{name}-independent", round(quantile.effective_samples), unit="calls", load=load),
        ),
    )


def _served_row(figures: FigureMaker, one: ServedArm) -> Row:
    rate, against = one.rate, one.against_baseline
    ratio = figures.ratio("server.ratio", against.point if against else None, absent="baseline")
    return Row(
        key=figures.key("server"),
        cells=(
            text(one.arm),
            figures.rate("server.held", rate.held_rate_per_s, bound=Bound.AT_LEAST)
            if rate.held_rate_per_s
            else _none(),
            figures.rate("server.missed", rate.missed_rate_per_s, absent="none was proven to miss"),
            figures.rate("server.point", rate.point_per_s, absent="no crossing was seen"),
            ratio if against is None or against.point is not None else text(against.reason or _NOT_IDENTIFIED),
            text("; ".join(_binding(one))),
        ),
    )


def _none() -> Words:
    return Words(text="none was proven to hold", tone=Tone.CAUTION)


def _binding(one: ServedArm) -> Iterator[str]:
    yield one.rate.binds
    if one.rate.is_contaminated:
        yield "disturbed by other programs"
