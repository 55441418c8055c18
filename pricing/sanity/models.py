"""Models whose size and work are public, so that figures told about them can be checked."""

from dataclasses import dataclass

from pricing.llm import LANGUAGE_MODELS, LanguageModel
from pricing.vocabulary import ModelFacts

Benchmarks = tuple[tuple[str, int | None], ...]
"""Names in the table of published rates, each with the sequence length that it is run with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A model by its counts.

    Attributes:
        facts: Its parameters, and the operations of a sample where every sample takes the same.
        family: A name that several share, as people say it: `bert`.
        encoder: Of a text encoder: layers and width, from which the operations follow with the sequence length.
        benchmarks: Its names in the table of published rates; MLPerf's `bert-99` is BERT-Large at 384 tokens.
        shape: Of a language model: what its memory follows from.
    """

    facts: ModelFacts
    family: str
    encoder: tuple[int, int] | None = None
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
        """Operations of a sample; None where they are not counted or depend on a length that is not told.

        Of an encoder: 24 h² a token in the products with weights and 4 s h in attention, a layer (a multiplication
        and an addition are two).
        """
        if self.encoder is None or sequence is None:
            return self.facts.flop_per_sample
        layers, width = self.encoder
        return float(layers * sequence * (24 * width**2 + 4 * sequence * width))


def find_models(name: str) -> tuple[KnownModel, ...]:
    """The model of that name, or all of that family; none where it is not known. Case and spaces do not count."""
    wanted = "-".join(name.casefold().replace("_", "-").split())
    exact = tuple(one for one in KNOWN_MODELS if one.name == wanted)
    return exact or tuple(one for one in KNOWN_MODELS if one.family == wanted)


def _vision(name: str, parameters: int, gmac: float, *, family: str, source: str) -> KnownModel:
    facts = ModelFacts(name=name, parameters=parameters, flop_per_sample=2e9 * gmac, source=source)
    return KnownModel(facts=facts, family=family, benchmarks=((name, None),))


def _bert(
    name: str, parameters: int, shape: tuple[int, int], benchmarks: tuple[tuple[str, int | None], ...]
) -> KnownModel:
    source = f"config.json of google-bert/{name}-uncased; parameters counted from its weights"
    facts = ModelFacts(name=name, parameters=parameters, flop_per_sample=None, source=source)
    return KnownModel(facts=facts, family="bert", encoder=shape, benchmarks=benchmarks)


def _language(shape: LanguageModel) -> KnownModel:
    facts = ModelFacts(name=shape.name, parameters=shape.parameters, flop_per_sample=None, source=shape.source)
    return KnownModel(facts=facts, family=shape.name.rpartition("-")[0], shape=shape)


_TORCHVISION = "torchvision, metadata of the ImageNet weights: parameters and multiply-accumulates at 224×224"
KNOWN_MODELS = (
    _vision("resnet50", 25_557_032, 4.089, family="resnet50", source=_TORCHVISION),
    _vision("vit-base", 86_567_656, 17.564, family="vit", source=_TORCHVISION),
    _vision("vit-large", 304_326_632, 61.555, family="vit", source=_TORCHVISION),
    _bert("bert-base", 109_482_240, (12, 768), (("bert-base", None),)),
    _bert("bert-large", 335_141_888, (24, 1024), (("bert-large", None), ("bert-99", 384))),
    *map(_language, LANGUAGE_MODELS),
)
"""By the names that claims use."""
