"""What the names in a claim mean: the devices and models that are known by them, or what is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pricing.errors import TargetError
from pricing.files import one_of, shown
from pricing.sanity import sizes
from pricing.sanity.claims import Claim
from pricing.sanity.finding import Finding, Rule, Verdict
from pricing.sanity.models import CheckedModel, find_models
from pricing.sanity.reference import GENERIC, Reference
from pricing.vocabulary import Precision, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a name in a claim means, or the finding that it means nothing here."""

    devices: tuple[Target, ...] = ()
    gaps: tuple[Finding, ...] = ()


def meant_by(claim: Claim, key: str, known: Reference) -> Meant:
    """The devices that a claim may mean; R15 where it names none, and unverifiable where there is no data sheet."""
    name = claim.text(key)
    if name is None or name in GENERIC:
        word = "device" if name is None else name.upper()
        why = "without it neither peak nor published figures can be held against the claim"
        return Meant(gaps=(sizes.missing(f"the {word} is not named", why=why),))
    try:
        return Meant(devices=known.devices(name))
    except TargetError as error:
        gap = Finding(rule=Rule.CONTEXT, verdict=Verdict.UNVERIFIABLE, sentence=f"no data sheet: {error}")
        return Meant(gaps=(gap,))


def models_of(claim: Claim) -> tuple[CheckedModel, ...]:
    """The models that the claim's name may mean; none where it is not known."""
    return find_models(claim.text("model") or "")


def unnamed_model(claim: Claim, models: Sequence[CheckedModel]) -> Iterator[Finding]:
    """R15 where no model is named, unverifiable where nothing is known of it, R15 where it may be several."""
    name = claim.text("model")
    if name is None:
        yield sizes.missing("the model is not named", why="neither its size nor its work is known")
    elif not models:
        says = f"nothing is known here of a model {shown(name)}: its size and work cannot be checked"
        yield Finding(rule=Rule.CONTEXT, verdict=Verdict.UNVERIFIABLE, sentence=says)
    elif len(models) > 1:
        choices = one_of([one.name for one in models])
        yield sizes.missing(f"{shown(name)} may mean {choices}", why="their sizes and their work differ")


def sized(claim: Claim, key: str, precision: Precision, models: Sequence[CheckedModel]) -> Iterator[Finding]:
    """R5; of a family the mildest, nearest to the size told."""
    told = claim.number(key)
    known = [one for one in models if one.facts.parameters is not None]
    if told is None or not known:
        return
    found = [sizes.model_size(one.name, one.facts.parameters or 0, precision, size_bytes=told) for one in known]
    yield min(found, key=lambda one: abs(one.figures["times_expected"] - 1))
