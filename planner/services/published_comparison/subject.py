"""Which known model a run is of: by the built-in workload's name, a GPU check's, or the user's word.

A workload that somebody brought may call itself anything, so that its name alone says nothing.
"""

from harness.errors import UsageError
from harness.gpu_check.names import BERT_BASE, PREFIX, RESNET_50, VIT_L_16
from planner.services.published_comparison.document import Subject
from planner.store.records import StoredRun
from pricing.errors import EvidenceError
from pricing.files import nearest, one_of, shown
from pricing.published import KnownModel, find_model, known_models
from pricing.sanity.models import CHECKED_MODELS, CheckedModel, find_models

_BUILT_IN = {"resnet50": "resnet50", "bert-base": "bert-base", "vit-l-16": "vit-large"}
_OF_A_CHECK = {RESNET_50: "resnet50", BERT_BASE: "bert-base", VIT_L_16: "vit-large"}
_RANDOM = "random weights: of speed, memory and power alone"
_ENCODERS = "encoder layers alone, without embeddings and head"
_IMAGE = "an image of 224×224"


def subject_of(run: StoredRun, named: str | None) -> Subject | None:
    """The model that the run is of; None where nobody says it.

    Raises:
        UsageError: the name given is no known model's.
    """
    if named is not None:
        return _known(named, known_by="as --model says", note="that the run is of this model is your word")
    workload = run.plan.workload
    if workload in _BUILT_IN:
        return _known(_BUILT_IN[workload], known_by=f"as the built-in workload {workload} is", note=_RANDOM)
    for name, model in _OF_A_CHECK.items():
        if workload.startswith(f"{PREFIX}{name},") and not run.plan.workload_digest:
            note = _RANDOM if name == RESNET_50 else f"{_ENCODERS}; {_RANDOM}"
            return _known(model, known_by="as the GPU check names it", note=note)
    return None


def names_of_models() -> tuple[str, ...]:
    """Every model that a run can be said to be of."""
    known = [one.facts.name for one in known_models()]
    return tuple(dict.fromkeys((*known, *(one.name for one in CHECKED_MODELS if one.shape is None))))


def _known(name: str, *, known_by: str, note: str) -> Subject:
    published, checked = _published(name), [one for one in find_models(name) if one.shape is None]
    if published is None and not checked:
        advice = nearest(name, names_of_models()) or f": there are {one_of(names_of_models())}"
        raise UsageError(f"nothing is known here of a model {shown(name)}{advice}")
    if published is None and len(checked) > 1:
        raise UsageError(f"{shown(name)} may mean {one_of([one.name for one in checked])}: name one with --model")
    first = checked[0] if checked else None
    facts = published.facts if published is not None else first.facts if first is not None else None
    return Subject(
        name=facts.name if facts is not None else name,
        known_by=known_by,
        sample=published.sample if published is not None else _IMAGE,
        names=_names(published, first),
        sequence=published.sequence if published is not None else None,
        parameters=None if facts is None else facts.parameters,
        note=note,
    )


def _published(name: str) -> KnownModel | None:
    try:
        return find_model(name)
    except EvidenceError:
        return None


def _names(published: KnownModel | None, checked: CheckedModel | None) -> tuple[str, ...]:
    others = () if checked is None else tuple(name for name, _ in checked.benchmarks)
    return tuple(dict.fromkeys((*(() if published is None else published.benchmarks), *others)))
