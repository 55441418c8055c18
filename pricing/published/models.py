"""Models that others published figures of: their names, what they compute, and what the publications call them."""

from dataclasses import dataclass
from functools import cache

from pricing.errors import EvidenceError
from pricing.files import nearest, one_of, shown
from pricing.vocabulary import ModelFacts, Precision

_MLPERF_PAPER = "Reddi et al., MLPerf Inference Benchmark, arXiv 1911.02549, table 1 (rounded there)"
_NOT_COUNTED = "operations and parameters were not counted"
_SQUAD = (
    "24 layers, hidden 1,024, feed-forward 4,096; texts of SQuAD are mostly shorter than their limit of 384 tokens and "
    "need not be padded, so that no fixed number of operations belongs to one: an A100 publishes 2,859 a second, which "
    "at 384 tokens each would be 705e12 operations/s of at most 624e12"
)
"""Of MLPerf's BERT: full texts of 384 tokens are another model here, `bert-large-384`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A model at a fixed size of sample.

    Attributes:
        facts: Its name and counts.
        aliases: Other names that mean it.
        benchmarks: What publications call it.
        sequence: Tokens of a sample where publications differ in it; None where the benchmark fixes them.
        sample: What one sample is, for people.
    """

    facts: ModelFacts
    aliases: tuple[str, ...] = ()
    benchmarks: tuple[str, ...]
    sequence: int | None = None
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformer:
    """Sizes of a stack of equal layers; `extra` parameters are those outside of it: embeddings, norms, pooler."""

    layers: int
    hidden: int
    ffn: int
    extra: int

    @property
    def parameters(self) -> int:
        """Four projections, two feed-forward products and two norms a layer, each with biases; and `extra`."""
        attention = 4 * (self.hidden**2 + self.hidden)
        feed_forward = 2 * self.hidden * self.ffn + self.hidden + self.ffn
        return self.layers * (attention + feed_forward + 4 * self.hidden) + self.extra

    def flop(self, tokens: int) -> float:
        """Operations of one sample: `2 · layers · tokens · (4·hidden² + 2·hidden·ffn + 2·tokens·hidden)`.

        Products of matrices alone, a multiplication and an addition being two: four projections, the feed-forward
        network, and attention's two products over all tokens. Embeddings, softmax, norms and heads are left out, so
        that a bound from it is one. The same count, for training and with a causal mask or without: Narayanan et al.,
        "Efficient Large-Scale Language Model Training on GPU Clusters", arXiv 2104.04473, appendix.
        """
        per_token = 4 * self.hidden**2 + 2 * self.hidden * self.ffn + 2 * tokens * self.hidden
        return 2.0 * self.layers * tokens * per_token


_BERT_TOKENS, _BERT_POSITIONS, _BERT_KINDS = 30_522, 512, 2
_GPT2_TOKENS, _GPT2_POSITIONS = 50_257, 1_024


def _bert(layers: int, hidden: int) -> Transformer:
    """Source: Devlin et al., BERT, arXiv 1810.04805, section 3; a feed-forward network of four times the width."""
    embeddings = (_BERT_TOKENS + _BERT_POSITIONS + _BERT_KINDS) * hidden + 2 * hidden
    return Transformer(layers=layers, hidden=hidden, ffn=4 * hidden, extra=embeddings + hidden * hidden + hidden)


BERT_BASE = _bert(12, 768)
BERT_LARGE = _bert(24, 1024)
GPT2_LARGE = Transformer(layers=36, hidden=1280, ffn=5120, extra=(_GPT2_TOKENS + _GPT2_POSITIONS) * 1280 + 2 * 1280)
"""Source: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, table 2 (762M there)."""


@cache
def known_models() -> tuple[KnownModel, ...]:
    """Every model of the shipped table, by name."""
    return (
        KnownModel(
            facts=ModelFacts(
                name="resnet50",
                parameters=25_557_032,
                flop_per_sample=8.178e9,
                source="ResNet-50 v1.5 at 224×224: 25,557,032 parameters and 4.089 GMAC, counted from the graph",
            ),
            aliases=("resnet-50", "resnet50-v1.5", "rn50"),
            benchmarks=("resnet50",),
            sample="an image of 224×224",
        ),
        KnownModel(
            facts=ModelFacts(name="bert-large", parameters=BERT_LARGE.parameters, flop_per_sample=None, source=_SQUAD),
            aliases=("bert-99", "bert-99.9"),
            benchmarks=("bert-99", "bert-99.9"),
            sample="a question and text of SQuAD v1.1, up to 384 tokens",
        ),
        _transformer("bert-large-384", BERT_LARGE, 384),
        _transformer("bert-large-128", BERT_LARGE, 128),
        _transformer("bert-large-512", BERT_LARGE, 512),
        _transformer("bert-base", BERT_BASE, 128, ("bert-base-128",)),
        _transformer("gpt2-large", GPT2_LARGE, 1024, ("gpt2-large-1024",)),
        _counted("ssd-resnet34", 36_300_000, 433e9, ("ssd-r34", "ssd-large"), "an image of 1,200×1,200"),
        _counted("ssd-mobilenet", 6_910_000, 2.47e9, ("ssd-small",), "an image of 300×300"),
        _counted("rnnt", None, None, ("rnn-t",), "an utterance of LibriSpeech"),
        _counted("dlrm", None, None, ("dlrm-99",), "pairs of a user and an item"),
        _counted("3d-unet", None, None, ("3d-unet-99",), "a scan of BraTS 2019"),
    )


_BENCHMARKS = {
    "bert-large-384": (("bert-large",), 384),
    "bert-large-128": (("bert-large",), 128),
    "bert-large-512": (("bert-large",), 512),
    "bert-base": (("bert-base",), 128),
    "gpt2-large": (("gpt2-large",), 1024),
    "dlrm": (("dlrm-99",), None),
    "3d-unet": (("3d-unet-99",), None),
}
"""What publications call a model that they name otherwise, and the tokens that set it apart."""


def _transformer(name: str, shape: Transformer, tokens: int, aliases: tuple[str, ...] = ()) -> KnownModel:
    benchmarks, sequence = _BENCHMARKS[name]
    source = f"{shape.layers} layers, hidden {shape.hidden:,}, feed-forward {shape.ffn:,}, {tokens:,} tokens: counted"
    facts = ModelFacts(
        name=name, parameters=shape.parameters, flop_per_sample=shape.flop(tokens), source=f"{source} from the sizes"
    )
    return KnownModel(
        facts=facts, aliases=aliases, benchmarks=benchmarks, sequence=sequence, sample=f"a text of {tokens:,} tokens"
    )


def _counted(
    name: str, parameters: int | None, flop: float | None, aliases: tuple[str, ...], sample: str
) -> KnownModel:
    benchmarks, _ = _BENCHMARKS.get(name, ((name,), None))
    source = _NOT_COUNTED if flop is None else _MLPERF_PAPER
    facts = ModelFacts(name=name, parameters=parameters, flop_per_sample=flop, source=source)
    return KnownModel(facts=facts, aliases=aliases, benchmarks=benchmarks, sample=sample)


def find_model(name: str) -> KnownModel:
    """The model that a name or an alias means; case does not count.

    Raises:
        EvidenceError: if it means none, with those that are near.
    """
    wanted = name.strip().casefold().replace("_", "-").replace(" ", "-")
    names = {spelling: one for one in known_models() for spelling in (one.facts.name, *one.aliases)}
    if wanted in names:
        return names[wanted]
    advice = nearest(wanted, names) or f": there are {one_of([one.facts.name for one in known_models()])}"
    raise EvidenceError(f"nothing is published of a model {shown(name)}{advice}")


def variant_of(precision: Precision) -> str:
    """What a plan calls a published variant: its precision, as no publication tells a recipe."""
    return str(precision)
