"""Claims about a language model on a card: what its weights take, and the room that is left for requests."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pricing.llm import LanguageModel
from pricing.sanity import sizes
from pricing.sanity.claims import Claim
from pricing.sanity.finding import Finding, Verdict
from pricing.sanity.meant import meant_by, models_of, sized, unnamed_model
from pricing.sanity.reference import Reference
from pricing.vocabulary import Precision


def memory_fit(claim: Claim, known: Reference) -> Iterator[Finding]:
    """Sizes against parameters, and what room each card leaves for keys and values."""
    models = models_of(claim)
    yield from unnamed_model(claim, models)
    shapes = [one.shape for one in models if one.shape is not None]
    room: list[float] = []
    for when in ("before", "after"):
        precision, memory = claim.precision(f"precision_{when}"), claim.number(f"memory_{when}")
        if precision is None:
            if memory is not None or claim.number(f"size_{when}") is not None:
                yield sizes.missing(f"the precision {when} is not told", why="the size of the weights follows from it")
            continue
        yield from sized(claim, f"size_{when}", precision, models)
        if memory is None or len(shapes) != 1:
            continue
        found = _fit(claim, shapes[0], precision, memory_bytes=memory)
        room.append(found.figures["tokens"])
        yield found if when == "before" else _beside(claim, found, room, known=known, shape=shapes[0])


def _fit(claim: Claim, shape: LanguageModel, precision: Precision, *, memory_bytes: float) -> Finding:
    kv = claim.precision("kv_precision") or Precision.FP16
    tokens = claim.whole("tokens")
    return sizes.memory_fit(shape, precision, memory_bytes=memory_bytes, kv_precision=kv, tokens=tokens)


def _beside(claim: Claim, found: Finding, room: Sequence[float], *, known: Reference, shape: LanguageModel) -> Finding:
    """With less room than before, and what another device would do: told beside it, the claim is not blamed for it."""
    says, arithmetic, figures = found.sentence, found.arithmetic, dict(found.figures)
    if len(room) == 2 and room[1] < room[0]:  # noqa: PLR2004 - before and after
        says = f"{says}; less than before ({room[1]:,.0f} against {room[0]:,.0f})"
    name, precision = claim.text("try_also"), claim.precision("precision_after")
    for device in meant_by(claim, "try_also", known).devices if name else ():
        if device.memory_bytes is None or precision is None:
            continue
        tried = _fit(claim, shape, precision, memory_bytes=float(device.memory_bytes))
        serves = "serves it, too" if tried.verdict is Verdict.HOLDS else "does not serve it"
        says = f"{says}; {device.name} {serves} ({tried.figures['tokens']:,.0f} tokens)"
        arithmetic = (*arithmetic, *(f"{device.target_id}: {line}" for line in tried.arithmetic))
        figures[f"tokens_{device.target_id}"] = tried.figures["tokens"]
    return replace(found, sentence=says, arithmetic=arithmetic, figures=figures)
