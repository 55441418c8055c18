"""Distributions of latency, baseline and candidates one above the other, with their quantiles."""

from collections.abc import Iterator

from harness.vocabulary import LoadPoint
from planner.reports.chart_model import Axis, Distribution, Rule, Scale, Spread
from planner.reports.document import Drawing
from planner.reports.figures import Tone
from planner.services.reporting.evidence_figures import slug
from planner.services.reporting.evidence_runs import RunBehind
from planner.services.reporting.latency_samples import Samples, bins_of, is_identified, samples_of, share_above
from planner.services.run_document import ArmDocument
from planner.store.repository import Store
from planner.wording import quantities

DRAWN = (0.5, 0.9, 0.99)
_MOST_ARMS = 4  # one above the other on a page
_TAIL = 1.3  # beyond the slowest p99 so much is drawn: one call in a hundred must not flatten the others
_WIDE = 12.0  # times from the fastest to the slowest: from here on an even axis hides the fast ones
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


def latency_charts(store: Store, behind: RunBehind) -> Iterator[Drawing]:
    """Under the first load, a chart for each runtime and device.

    Raises:
        StoreError: if a round is damaged.
    """
    load = behind.document.loads[0]
    places = list(dict.fromkeys(arm.place for arm in behind.document.arms))
    arms = {place: _shown(behind, place) for place in places}
    names = [arm.name for found in arms.values() for arm in found]
    samples = samples_of(store, behind.run_id, load, arms=names)
    for place in places:
        if drawn := [arm for arm in arms[place] if arm.name in samples.by_arm]:
            yield _chart(behind, place, load, drawn, samples)


def _shown(behind: RunBehind, place: str) -> list[ArmDocument]:
    """The baseline, what is planned with, and others while there is room."""
    found = [arm for arm in behind.document.arms if arm.place == place]
    found.sort(key=lambda arm: (not arm.is_baseline, arm.name not in behind.planned))
    return found[:_MOST_ARMS]


def _chart(behind: RunBehind, place: str, load: LoadPoint, arms: list[ArmDocument], samples: Samples) -> Drawing:
    slowest = max(_quantile(behind, arm, load, 0.99) or _largest(samples, arm) for arm in arms)
    most_s = _TAIL * slowest
    unit_s, unit = next((one for one in _UNITS if slowest >= one[0]), _UNITS[-1])
    fastest = min(float(samples.by_arm[arm.name].min()) / 1e9 for arm in arms)
    is_wide = fastest > 0.0 and most_s / fastest > _WIDE
    return Drawing(
        chart=Distribution(
            key=f"latency.{behind.key}.{slug(place)}",
            title=f"Latency at {load.label}: {place}",
            told=" ".join(_told(behind, load, arms, samples, most_s=most_s)),
            axis=Axis(
                title="latency of one call",
                unit=unit,
                scale=Scale.LOG if is_wide else Scale.LINEAR,
                lower_is_better=True,
                starts_at_zero=not is_wide,
            ),
            spreads=tuple(
                Spread(
                    name=arm.name,
                    bins=bins_of(samples.by_arm[arm.name], unit_s=unit_s, most_s=most_s),
                    quantiles=tuple(_rules(behind, arm, load, unit_s=unit_s, most_s=most_s)),
                )
                for arm in arms
            ),
        )
    )


def _largest(samples: Samples, arm: ArmDocument) -> float:
    return float(samples.by_arm[arm.name].max()) / 1e9


def _rules(behind: RunBehind, arm: ArmDocument, load: LoadPoint, *, unit_s: float, most_s: float) -> Iterator[Rule]:
    """The quantiles, and how large the last of them may be."""
    found = behind.document.measurement(arm.name, load)
    for one in found.quantiles if found else ():
        if one.p not in DRAWN or not is_identified(one):
            continue
        yield Rule(at=one.point_s / unit_s, label=f"p{100 * one.p:g}")
        if one.p == DRAWN[-1] and one.upper_s is not None and one.upper_s <= most_s:
            yield Rule(at=one.upper_s / unit_s, label=f"p{100 * one.p:g} at most", tone=Tone.CAUTION)


def _told(
    behind: RunBehind, load: LoadPoint, arms: list[ArmDocument], samples: Samples, *, most_s: float
) -> Iterator[str]:
    for arm in arms:
        p50, p99 = (_quantile(behind, arm, load, p) for p in (0.5, 0.99))
        comparison = behind.document.comparison(arm.name, load)
        speed = quantities.ratio(comparison.deciding) if comparison and comparison.deciding else ""
        told = f"{arm.name} takes {quantities.duration(p50)} in the median"
        told += f", {quantities.duration(p99)} at p99" if p99 is not None else ""
        yield f"{told}{f': {speed} as fast as its baseline' if speed else ''}."
    beyond = max(share_above(samples.by_arm[arm.name], most_s) for arm in arms)
    if beyond:
        yield f"Up to {quantities.share(beyond)} of the calls took longer than is drawn."
    if samples.rounds < samples.of:
        yield f"Drawn from {samples.rounds:,} of {samples.of:,} rounds, evenly over the run."


def _quantile(behind: RunBehind, arm: ArmDocument, load: LoadPoint, p: float) -> float | None:
    found = behind.document.measurement(arm.name, load)
    return next((one.point_s for one in found.quantiles if one.p == p and is_identified(one)), None) if found else None
