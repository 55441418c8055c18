"""Lays a figure of others beside ours: what is like, what is not, and a ratio only in the same terms.

The device may differ, and is then named: a ratio of rates tells what this device is worth against that one. Anything
else that changes what was asked of the device makes a ratio meaningless: precision, batch, scenario, promise, length.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.services.published_comparison.document import Beside, Figure, How, Ours, Quantity, Subject, Theirs
from planner.services.published_comparison.own_figures import OwnFigures
from planner.services.published_comparison.their_figures import UNTOLD
from pricing.files import one_of, printable
from pricing.sanity.reference import GENERIC

_IN_TERMS = {Quantity.RATE, Quantity.LATENCY}
_OF_A_BATCH = {Quantity.LATENCY, Quantity.SPEED_UP}
_Check = Callable[[Figure, Figure], str | None]
"""Why ours is not in the terms of theirs; None where it is."""
Meant = Callable[[str], tuple[str, ...]]
"""The targets that a device's name may mean; nothing where it means none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """The run's figures and its model; `models` that a claim may mean besides; `meant` finds out about devices."""

    own: OwnFigures
    subject: Subject
    meant: Meant

    def beside(self, theirs: Theirs, *, models: Sequence[str] = ()) -> Beside:
        """Ours that is nearest in terms, or why there is none."""
        wanted = theirs.figure
        found = [one for one in self.own.all if one.figure.quantity is wanted.quantity]
        reason = self._untold(theirs) or self._refusal(found, wanted)
        alike = [] if reason else [one for one in found if _why_not(one.figure, wanted) is None]
        if not alike:
            return Beside(theirs=theirs, ours=None, ratio=None, reason=reason or "not measured in this run")
        ours = min(alike, key=lambda one: self._rank(one, wanted))
        like, unlike = self._terms(ours, theirs, models)
        ratio = ours.figure.value / wanted.value
        return Beside(theirs=theirs, ours=ours, ratio=ratio, like=like, unlike=unlike)

    def _untold(self, theirs: Theirs) -> str | None:
        """What the other side leaves out and would have to tell, or is of another kind."""
        figure = theirs.figure
        if figure.quantity not in _IN_TERMS:
            return self._other_length(figure) if figure.sequence is not None else None
        if figure.how is How.BATCHES and figure.batch is None:
            return "no batch is told there"
        if figure.how is How.UNTOLD:
            return "how requests were sent is not told there"
        return self._other_length(figure)

    def _other_length(self, figure: Figure) -> str | None:
        mine, other = self.subject.sequence, figure.sequence
        if mine == other:
            return None
        if other is None:
            return f"no sequence length is told there; {mine:,} tokens here"
        return f"{other:,} tokens a text there; {f'{mine:,}' if mine else 'not known how many'} here"

    def _refusal(self, found: Sequence[Ours], wanted: Figure) -> str | None:
        """Why none of ours is in the same terms: the first of these that leaves nothing."""
        if not found:
            return _nothing_of(wanted, self.own)
        left = list(found)
        for check in _CHECKS:
            kept = [one for one in left if check(one.figure, wanted) is None]
            if not kept:
                return _said(check, left, wanted)
            left = kept
        return None

    def _rank(self, one: Ours, wanted: Figure) -> tuple[bool, float]:
        is_elsewhere = one.figure.device not in self.meant(wanted.device)
        return is_elsewhere, one.figure.value if wanted.quantity.is_better_when_less else -one.figure.value

    def _terms(self, ours: Ours, theirs: Theirs, models: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        mine, other = ours.figure, theirs.figure
        like: list[str] = [_precisions(other)]
        unlike: list[str] = []
        self._device(mine, other, like, unlike)
        if other.quantity in _OF_A_BATCH or other.quantity in _IN_TERMS:
            _of_batches(mine, other, like, unlike)
            _of_sequences(mine, other, like, unlike)
        if other.how is not None and mine.how is other.how:
            like.append(other.slo or str(other.how))
        if len(models) > 1:
            unlike.append(f"model: {one_of(list(models))} may be meant there")
        if (theirs.accelerators or 1) > 1:
            unlike.append(f"a system of {theirs.accelerators} there, figures of one")
        unlike += [one for one in (ours.note, theirs.note if theirs.as_of else "") if one]
        return tuple(like), tuple(unlike)

    def _device(self, mine: Figure, other: Figure, like: list[str], unlike: list[str]) -> None:
        if other.quantity is Quantity.SIZE:
            return
        meant = self.meant(other.device)
        if meant == (mine.device,):
            like.append(mine.device)
        elif other.device in GENERIC or other.device == UNTOLD:
            unlike.append(f"device: {printable(mine.device)} here, not named there")
        elif mine.device in meant:
            unlike.append(f"device: {mine.device} here, one of {', '.join(meant)} there")
        else:
            unlike.append(f"another device: {printable(mine.device)} here, {other.device} there")


def _nothing_of(wanted: Figure, own: OwnFigures) -> str:
    if wanted.quantity is Quantity.POWER_SAVED:
        return "the power of two precisions was not measured in this run"
    if wanted.quantity is Quantity.RATE:
        return f"{wanted.how} there, and this run has no such scenario: planner bench --scenario {_scenario(wanted)}"
    if wanted.quantity is Quantity.SIZE:
        return "the size of the model is not known of this run"
    aside = f"; {', '.join(own.wrong)} did not run in the precision of the name" if own.wrong else ""
    return f"not measured in this run{aside}"


def _scenario(wanted: Figure) -> str:
    return "server --slo p99=15ms" if wanted.how is How.SERVER else "offline"


def _precision(mine: Figure, wanted: Figure) -> str | None:
    return None if (mine.precision, mine.before) == (wanted.precision, wanted.before) else _precisions(mine)


def _how(mine: Figure, wanted: Figure) -> str | None:
    if wanted.quantity not in _IN_TERMS or mine.how is wanted.how:
        return None
    return str(mine.how)


def _batch(mine: Figure, wanted: Figure) -> str | None:
    is_free = wanted.quantity not in _OF_A_BATCH or wanted.batch is None or mine.batch == wanted.batch
    return None if is_free else f"batch {mine.batch}"


def _promise(mine: Figure, wanted: Figure) -> str | None:
    return None if mine.slo == wanted.slo else str(mine.slo or "no promise")


_CHECKS: tuple[_Check, ...] = (_precision, _how, _batch, _promise)


def _why_not(mine: Figure, wanted: Figure) -> str | None:
    return next((said for check in _CHECKS if (said := check(mine, wanted)) is not None), None)


def _said(check: _Check, left: Sequence[Ours], wanted: Figure) -> str:
    here = list(dict.fromkeys(str(check(one.figure, wanted)) for one in left))
    told: dict[_Check, str] = {_precision: _precisions(wanted), _how: str(wanted.how), _batch: "another batch"}
    there = told.get(check) or str(wanted.slo or "no promise")
    hint = (
        f": planner bench --scenario {_scenario(wanted)}" if check is _how and wanted.quantity is Quantity.RATE else ""
    )
    return f"{there} there, {' and '.join(here)} here{hint}"


def _precisions(figure: Figure) -> str:
    return str(figure.precision) if figure.before is None else f"{figure.before} to {figure.precision}"


def _of_batches(mine: Figure, other: Figure, like: list[str], unlike: list[str]) -> None:
    if other.quantity is Quantity.RATE:
        return
    if other.batch is None:
        unlike.append(f"batch {mine.batch} here, not told there")
    else:
        like.append(f"batch {other.batch}")


def _of_sequences(mine: Figure, other: Figure, like: list[str], unlike: list[str]) -> None:
    if mine.sequence is None:
        return
    if other.sequence is None:
        unlike.append(f"{mine.sequence:,} tokens here, not told there")
    else:
        like.append(f"{other.sequence:,} tokens")
