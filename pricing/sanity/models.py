"""Models whose size and work are public, so that figures told about them can be checked."""

from dataclasses import dataclass, replace

from pricing.llm import LANGUAGE_MODELS, LanguageModel
from pricing.published import find_model
from pricing.published.models import BERT_BASE, BERT_LARGE, Transformer
from pricing.vocabulary import ModelFacts

Benchmarks = tuple[tuple[str, int | None], ...]
"""Names in the table of published rates, each with the sequence length that it is run with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedModel:
    """A model by its counts.

    Attributes:
        facts: Its parameters, and the operations of a sample where every sample takes the same.
        family: A name that several share, as people say it: `bert`.
        encoder: Of a text encoder: its layers, from which the operations follow with the sequence length.
        benchmarks: Its names in the table of published rates; MLPerf's `bert-99` is BERT-Large at 384 tokens.
        shape: Of a language model: what its memory follows from.
    """

    facts: ModelFacts
    family: str
    encoder: Transformer | None = None
    benchmarks: Benchmarks = ()
    shape: LanguageModel | None = None

    @property
    def name(self) -> str:
        """As claims name it."""
        return self.facts.name

    @property
    def needs_sequence(self) -> bool:
        """Whether its work depends on the length of a text."""
        return self.encoder is not None

    def flop(self, sequence: int | None) -> float | None:
        """Operations of a sample; None where they are not counted or depend on a length that is not told."""
        if self.encoder is None or sequence is None:
            return self.facts.flop_per_sample
        return self.encoder.flop(sequence)


def find_models(name: str) -> tuple[CheckedModel, ...]:
    """The model of that name, or all of that family; none where it is not known. Hyphens and case are nothing."""
    wanted = _folded(name)
    exact = tuple(one for one in CHECKED_MODELS if _folded(one.name) == wanted)
    return exact or tuple(one for one in CHECKED_MODELS if _folded(one.family) == wanted)


def _folded(name: str) -> str:
    return "".join(one for one in name.casefold() if one.isalnum())


def _vision(name: str, parameters: int, gmac: float, *, family: str) -> CheckedModel:
    facts = ModelFacts(name=name, parameters=parameters, flop_per_sample=2e9 * gmac, source=_TORCHVISION)
    return CheckedModel(facts=facts, family=family, benchmarks=((name, None),))


def _bert(name: str, shape: Transformer, benchmarks: Benchmarks) -> CheckedModel:
    facts = replace(find_model(name).facts, flop_per_sample=None)  # it grows with the length of a text
    return CheckedModel(facts=facts, family="bert", encoder=shape, benchmarks=benchmarks)


def _language(shape: LanguageModel) -> CheckedModel:
    facts = ModelFacts(name=shape.name, parameters=shape.parameters, flop_per_sample=None, source=shape.source)
    return CheckedModel(facts=facts, family=shape.name.rpartition("-")[0] or shape.name, shape=shape)


_TORCHVISION = "torchvision, metadata of the ImageNet weights: parameters and multiply-accumulates at 224×224"
CHECKED_MODELS = (
    CheckedModel(facts=find_model("resnet50").facts, family="resnet50", benchmarks=(("resnet50", None),)),
    _vision("vit-base", 86_567_656, 17.564, family="vit"),
    _vision("vit-large", 304_326_632, 61.555, family="vit"),
    _bert("bert-base", BERT_BASE, (("bert-base", None),)),
    _bert("bert-large", BERT_LARGE, (("bert-large", None), ("bert-99", 384))),
    *map(_language, LANGUAGE_MODELS),
)
"""By the names that claims use."""
