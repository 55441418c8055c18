"""What others say, in terms: the rows that were published, the speed-ups between them, and the figures of a claim."""

from collections.abc import Iterator, Sequence

from planner.services.published_comparison.document import Figure, How, Quantity, Subject, Theirs
from planner.services.published_comparison.own_figures import WIDEST_FIRST, slo_words
from pricing.errors import EvidenceError
from pricing.published import PublishedRow, PublishedScenario, find_model, promise_of, published_rows
from pricing.sanity.claims import Claim
from pricing.sanity.kinds import Kind
from pricing.sanity.models import find_models
from pricing.vocabulary import Precision

_HOWS = {
    PublishedScenario.OFFLINE: How.OFFLINE,
    PublishedScenario.SERVER: How.SERVER,
    PublishedScenario.SINGLE_STREAM: How.SINGLE_STREAM,
    PublishedScenario.LATENCY: How.BATCHES,
}
UNTOLD = "not named"
"""Of a device that a claim does not tell."""


def published_of(subject: Subject) -> Iterator[Theirs]:
    """Every published row of the model, then the speed-ups that follow from rows which differ in precision alone."""
    rows = [one for one in published_rows() if one.benchmark in subject.names]
    yield from (_row(one, subject) for one in rows)
    yield from _speed_ups(rows)


def claimed_of(subject: Subject, claim: Claim) -> tuple[Theirs, ...]:
    """The figures of a claim that is of this model, or of power and of no model; nothing of any other."""
    if claim.kind is Kind.POWER_SAVING:
        return tuple(_power(claim))
    if claim.kind not in {Kind.THROUGHPUT, Kind.QUANTISATION} or not is_of(subject, claim):
        return ()
    return (*_calls(claim), *_sizes(claim), *_gains(claim))


def is_of(subject: Subject, claim: Claim) -> bool:
    """Whether the claim's model may be this one."""
    named = claim.text("model") or ""
    return subject.name in {one.name for one in find_models(named)} or named in {subject.name, *subject.names}


def _row(row: PublishedRow, subject: Subject) -> Theirs:
    is_latency = row.scenario in {PublishedScenario.LATENCY, PublishedScenario.SINGLE_STREAM}
    figure = Figure(
        quantity=Quantity.LATENCY if is_latency else Quantity.RATE,
        value=row.value,
        precision=row.precision,
        how=_HOWS[row.scenario],
        device=row.target_id,
        batch=1 if row.scenario is PublishedScenario.SINGLE_STREAM else row.batch,
        sequence=row.sequence,
        slo=_promise(subject) if row.scenario is PublishedScenario.SERVER else None,
    )
    return Theirs(
        figure=figure,
        source=f"{row.source}, {row.release}, {row.benchmark}",
        as_of=row.as_of.isoformat(),
        accelerators=row.accelerators,
        note=row.note,
    )


def _promise(subject: Subject) -> str | None:
    try:
        promised = promise_of(find_model(subject.name))
    except EvidenceError:
        return None
    return None if promised is None else slo_words(promised.quantile, promised.limit_s)


def _speed_ups(rows: Sequence[PublishedRow]) -> Iterator[Theirs]:
    """How many times as fast the narrower precision is, where everything else is the same."""
    groups: dict[tuple[object, ...], list[PublishedRow]] = {}
    for row in rows:
        terms = (row.source, row.release, row.scenario, row.benchmark, row.target_id, row.accelerators)
        groups.setdefault((*terms, row.batch, row.sequence), []).append(row)
    for alike in groups.values():
        ordered = sorted((one for one in alike if one.precision in WIDEST_FIRST), key=_place)
        for place, slow in enumerate(ordered):
            for fast in ordered[place + 1 :]:
                yield _speed_up(slow, fast)


def _place(row: PublishedRow) -> int:
    return WIDEST_FIRST.index(row.precision)


def _speed_up(slow: PublishedRow, fast: PublishedRow) -> Theirs:
    is_latency = slow.scenario in {PublishedScenario.LATENCY, PublishedScenario.SINGLE_STREAM}
    figure = Figure(
        quantity=Quantity.SPEED_UP,
        value=slow.value / fast.value if is_latency else fast.value / slow.value,
        precision=fast.precision,
        before=slow.precision,
        how=_HOWS[slow.scenario],
        device=slow.target_id,
        batch=slow.batch,
        sequence=slow.sequence,
    )
    return Theirs(
        figure=figure,
        source=f"{slow.source}, {slow.release}, {slow.benchmark}: the ratio of two of its figures",
        as_of=slow.as_of.isoformat(),
        accelerators=slow.accelerators,
        note=slow.note,
    )


def _calls(claim: Claim) -> Iterator[Theirs]:
    for suffix in ("",) if claim.kind is Kind.THROUGHPUT else ("_before", "_after"):
        precision = claim.precision(f"precision{suffix}")
        for key, quantity in (("latency", Quantity.LATENCY), ("rate", Quantity.RATE)):
            value = claim.number(f"{key}{suffix}")
            if value is not None and precision is not None:
                how = How.BATCHES if quantity is Quantity.LATENCY else How.UNTOLD
                yield _told(claim, quantity, value, precision=precision, how=how)


def _sizes(claim: Claim) -> Iterator[Theirs]:
    for suffix in ("", "_before", "_after"):
        precision, size = claim.precision(f"precision{suffix}"), claim.number(f"size{suffix}")
        if size is not None and precision is not None:
            yield _told(claim, Quantity.SIZE, size, precision=precision, how=None)


def _gains(claim: Claim) -> Iterator[Theirs]:
    before = claim.precision("precision_before")
    after = claim.precision("precision_after") or claim.precision("precision")
    gain = claim.number("speed_up")
    if gain is None:
        slow = claim.number("latency_before")
        fast = claim.number("latency_after") or claim.number("latency")
        gain = slow / fast if slow is not None and fast is not None else None
    if gain is not None and before is not None and after is not None:
        yield _told(claim, Quantity.SPEED_UP, gain, precision=after, before=before, how=How.BATCHES)


def _power(claim: Claim) -> Iterator[Theirs]:
    share = claim.number("share")
    if share is not None:
        yield _told(claim, Quantity.POWER_SAVED, share, precision=Precision.INT8, before=Precision.FP32, how=None)


def _told(
    claim: Claim,
    quantity: Quantity,
    value: float,
    *,
    precision: Precision,
    how: How | None,
    before: Precision | None = None,
) -> Theirs:
    figure = Figure(
        quantity=quantity,
        value=value,
        precision=precision,
        before=before,
        how=how,
        device=claim.text("device") or UNTOLD,
        batch=claim.whole("batch"),
        sequence=claim.whole("sequence"),
    )
    return Theirs(figure=figure, source=claim.claim_id, as_of="", note=claim.says)
