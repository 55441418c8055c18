"""The layers of an arm as they ran: what is not in the precision that the arm is named for stands first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from harness.vocabulary import LayerRun, Precision, ProofState
from planner.tui.results.opened import Chosen
from planner.tui.widgets.grid_columns import GridColumn
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

_BAR = 12
_STACK = 60
_STATES = {ProofState.AS_NAMED: "✓", ProofState.NOT_AS_NAMED: "!", ProofState.UNVERIFIED: "~"}
_FILLS = ("█", "▓", "▒", "░", "▚", "▞", "▘")
_STYLES = ("green", "yellow", "magenta", "blue", "red", "cyan", "white")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer. `share`: of the time of all; `is_other`: it computes, in another precision than INT8."""

    place: int
    ran: LayerRun
    share: float
    is_other: bool


def layers_of(chosen: Chosen) -> tuple[Layer, ...]:
    """Every layer of the arm's proof; none where there is none."""
    record = chosen.opened.run.arm(chosen.arm.name)
    if record is None or record.proof is None:
        return ()
    layers = record.proof.proof.layers
    total = sum(one.time_s for one in layers)
    return tuple(
        Layer(
            place=place,
            ran=one,
            share=one.time_s / total if total > 0.0 else 0.0,
            is_other=one.is_compute and one.precision is not Precision.INT8,
        )
        for place, one in enumerate(layers)
    )


def layer_columns(layers: Sequence[Layer]) -> tuple[GridColumn[Layer], ...]:
    """Sorted first by what is not INT8, the longest on top."""
    longest = max((one.share for one in layers), default=0.0)
    return (
        GridColumn(title="layer", draw=lambda one: Text(plain(one.ran.name)), least=18),
        GridColumn(title="kind", draw=lambda one: Text(plain(one.ran.kind)), least=10, rank=1),
        GridColumn(title="ran in", draw=_precision, order=lambda one: (not one.is_other, -one.share)),
        GridColumn(
            title="of the time",
            draw=lambda one: Text(quantities.share(one.share, digits=1)),
            order=lambda one: one.share,
            is_right=True,
            starts_descending=True,
        ),
        GridColumn(
            title="",
            draw=lambda one: Text(quantities.bar(one.share, of=longest, width=_BAR), style="cyan"),
            order=lambda one: one.share,
            width=_BAR,
            starts_descending=True,
            rank=3,
        ),
        GridColumn(
            title="a call",
            draw=lambda one: Text(quantities.duration(one.ran.time_s)),
            order=lambda one: one.ran.time_s,
            is_right=True,
            starts_descending=True,
            rank=2,
        ),
        GridColumn(
            title="#", draw=lambda one: Text(str(one.place + 1)), order=lambda one: one.place, is_right=True, rank=4
        ),
    )


def _precision(one: Layer) -> Text:
    if not one.ran.is_compute:
        return Text("  no arithmetic", style="dim")
    return signed("~" if one.is_other else "✓", str(one.ran.precision))


def proof_head(chosen: Chosen, layers: Sequence[Layer]) -> Iterator[RenderableType]:
    """What the layers prove, and a bar of their time by precision."""
    arm = chosen.arm
    if arm.proof is None:
        yield signed("~", f"nothing proves which precision {arm.name} ran in: it did not come so far")
        return
    told = f"{arm.proof.ran}, {arm.proof.state}: {arm.proof.reason}"
    yield signed(_STATES[arm.proof.state], told)
    record = chosen.opened.run.arm(arm.name)
    gap = record.proof.proof.reason if record is not None and record.proof is not None else None
    yield Text(plain(f"by {arm.proof_source}{f' · {gap}' if gap else ''}"), style="dim")
    yield from _stack(layers)


def _stack(layers: Sequence[Layer]) -> Iterator[Text]:
    times: dict[str, float] = {}
    for one in layers:
        name = str(one.ran.precision) if one.ran.is_compute else "no arithmetic"
        times[name] = times.get(name, 0.0) + one.share
    found = sorted(times.items(), key=lambda pair: -pair[1])
    if not any(share for _, share in found):
        return
    bar, told = Text("time  "), Text("      ")
    for (name, share), fill, style in zip(found, _FILLS, _STYLES, strict=False):
        bar.append(fill * round(_STACK * share), style=style)
        told.append(f"{fill} ", style=style).append(f"{name} {quantities.share(share, digits=0)}   ")
    yield bar
    yield told
