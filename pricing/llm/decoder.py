"""The whole shape of a decoder, and what is counted from it: all parameters, exactly, and those that a token uses."""

from dataclasses import dataclass

from pricing.errors import AssumptionError
from pricing.llm.model import LanguageModel

_GATED_MATRICES, _PLAIN_MATRICES = 3, 2  # of a feed-forward network: gate, up and down, or up and down


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """A stack of equal layers of attention and a feed-forward network, or several of them of which a token uses some.

    Attributes:
        name: As plans name it.
        hidden: Width of the stream between the layers.
        layers: How many.
        heads: That ask.
        kv_heads: Whose keys and values are kept: fewer than `heads` where queries share them.
        head_size: Numbers in a key.
        ffn: Width inside the feed-forward network.
        vocabulary: Rows of the embedding.
        context: Tokens of the longest request that it is made for.
        source: Where the shape comes from.
        is_gated: Whether the feed-forward network has a gate beside its two matrices.
        is_tied: Whether the embedding is the head, too.
        experts: Feed-forward networks of a layer.
        experts_used: Of which a token goes through so many.
        norms_per_layer: Normalisations.
        norm_vectors: 1 of a root mean square, which scales; 2 of a LayerNorm, which scales and shifts.
        extra_per_layer: Other parameters of a layer: biases, norms of heads.
        positions: Rows of a table of positions; 0 where they are rotated or biased in, which takes none.
        window: Tokens that the windowed layers look back; None: all.
        windowed_layers: How many of the layers have a window.
        notes: What a reader must know, such as what a file left open.
    """

    name: str
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    ffn: int
    vocabulary: int
    context: int
    source: str
    is_gated: bool = True
    is_tied: bool = False
    experts: int = 1
    experts_used: int = 1
    norms_per_layer: int = 2
    norm_vectors: int = 1
    extra_per_layer: int = 0
    positions: int = 0
    window: int | None = None
    windowed_layers: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a shape that no model has."""
        if self.kv_heads > self.heads or self.heads % self.kv_heads:
            raise AssumptionError(
                f"{self.name}: {self.heads} heads cannot share {self.kv_heads} keys and values evenly: "
                "num_attention_heads must be a multiple of num_key_value_heads"
            )
        if self.experts_used > self.experts:
            raise AssumptionError(
                f"{self.name}: a token cannot go through {self.experts_used} of {self.experts} experts"
            )

    @property
    def attention(self) -> int:
        """Weights of a layer's four projections."""
        return 2 * self.hidden * self.head_size * (self.heads + self.kv_heads)

    @property
    def expert(self) -> int:
        """Weights of one feed-forward network."""
        return (_GATED_MATRICES if self.is_gated else _PLAIN_MATRICES) * self.hidden * self.ffn

    @property
    def router(self) -> int:
        """Weights that choose a token's experts; none where there is one."""
        return self.hidden * self.experts if self.experts > 1 else 0

    @property
    def matrices(self) -> int:
        """Weights of all matrices in the layers, routers apart: what recipes quantise."""
        return self.layers * (self.attention + self.experts * self.expert)

    @property
    def outputs(self) -> int:
        """Outputs of all those matrices: a scale belongs to each where they are scaled by channel."""
        attention = self.head_size * (self.heads + 2 * self.kv_heads) + self.hidden
        expert = (2 if self.is_gated else 1) * self.ffn + self.hidden
        return self.layers * (attention + self.experts * expert)

    @property
    def embedding(self) -> int:
        """Weights of the embedding; the head has as many, or is the same."""
        return self.vocabulary * self.hidden

    @property
    def beside(self) -> int:
        """Routers, norms, biases, positions: small, and kept in 16 bit by every usual recipe."""
        norms = self.norm_vectors * self.hidden * (self.layers * self.norms_per_layer + 1)
        return norms + self.layers * (self.extra_per_layer + self.router) + self.positions * self.hidden

    @property
    def parameters(self) -> int:
        """All of them, exactly."""
        return self.matrices + self.beside + self.embedding * (1 if self.is_tied else 2)

    @property
    def active_parameters(self) -> int:
        """Those that one token goes through, the embedding included."""
        return self.parameters - self.layers * (self.experts - self.experts_used) * self.expert

    @property
    def model(self) -> LanguageModel:
        """What its memory follows from."""
        return LanguageModel(
            name=self.name,
            parameters=self.parameters,
            layers=self.layers,
            kv_heads=self.kv_heads,
            head_size=self.head_size,
            context=self.context,
            source=self.source,
        )

    def seen_tokens(self, inputs: int, outputs: int) -> float:
        """Tokens that all layers together look at in one step, the mean over an answer's steps.

        The first token of an answer comes with its question; the step of each other one looks at all before it. Layers
        with a window are counted step by step: a mean position says too much where an answer grows beyond the window.
        """
        steps = max(1, outputs - 1)
        return (self.looked_at(inputs + steps) - self.looked_at(inputs)) / steps

    def looked_at(self, tokens: int) -> float:
        """Pairs of a token and one before it or itself, over all layers, of a prompt: what attention computes."""
        whole = tokens * (tokens + 1) / 2
        if self.window is None or self.window >= tokens:
            return self.layers * whole
        near = self.window * (self.window + 1) / 2 + (tokens - self.window) * self.window
        return (self.layers - self.windowed_layers) * whole + self.windowed_layers * near

    def experts_touched(self, tokens: float) -> float:
        """Experts of a layer that a step of so many tokens reads, if every expert is as likely as every other."""
        missed: float = (1.0 - self.experts_used / self.experts) ** tokens
        return self.experts * (1.0 - missed)
