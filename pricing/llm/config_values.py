"""The values of a `config.json`, each checked when it is asked for; faults name the file and the key."""

from typing import TypedDict

from pricing.errors import AssumptionError
from pricing.files import printable, shown

_MOST = {
    "num_hidden_layers": 1000, "n_layer": 1000, "max_window_layers": 1000, "num_ln_in_parallel_attn": 4,
    "num_attention_heads": 4096, "n_head": 4096, "num_key_value_heads": 4096, "num_kv_heads": 4096, "n_head_kv": 4096,
    "head_dim": 4096, "num_local_experts": 1024, "num_experts_per_tok": 1024,
    "hidden_size": 131_072, "n_embd": 131_072,
    "intermediate_size": 1_048_576, "n_inner": 1_048_576, "ffn_hidden_size": 1_048_576,
    "vocab_size": 4_000_000,
}  # fmt: skip
"""An order of magnitude above any model that was published."""
_MOST_TOKENS = 100_000_000
_LONGEST_WORD = 40


class Labels(TypedDict):
    """What a decoder is called until its reader names it."""

    name: str
    source: str


class ConfigValues:
    """The table of a file.

    Args:
        table: Its keys and values.
        name: The file's, for errors.
    """

    def __init__(self, table: dict[str, object], *, name: str) -> None:
        self._table = table
        self.place = shown(name)

    def labels(self) -> Labels:
        """A name and a source."""
        return Labels(name=self.place, source="config.json")

    def has(self, key: str) -> bool:
        """Whether something is stated there; null is nothing."""
        return self._table.get(key) is not None

    def word(self, key: str) -> str:
        """A short text; empty where none is stated.

        Raises:
            AssumptionError: if it is no text, or a long one.
        """
        value = self._table.get(key)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > _LONGEST_WORD:
            raise AssumptionError(f"{self.place}: {key!r} is {shown(value)}: it must be a short text")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false.

        Raises:
            AssumptionError: if it is neither.
        """
        value = self._table.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise AssumptionError(f"{self.place}: {key!r} is {shown(value)}: it must be true or false")
        return value

    def whole(self, *keys: str, default: int | None = None) -> int:
        """A positive whole number, under the first of the keys that is stated.

        Raises:
            AssumptionError: if none is and there is no default, or it is no such number, or no model is so large.
        """
        key = next((one for one in keys if self.has(one)), None)
        if key is None:
            if default is not None:
                return default
            raise AssumptionError(
                f"{self.place}: {' or '.join(map(repr, keys))} is missing, and memory follows from it"
            )
        value, most = self._table[key], _MOST.get(key, _MOST_TOKENS)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise AssumptionError(
                f"{self.place}: {key!r} is {shown(value)}: it must be a whole number from 1 to {most:,}"
            )
        return value

    def whole_or_none(self, key: str) -> int | None:
        """As `whole`; None where nothing is stated."""
        return self.whole(key) if self.has(key) else None

    def share_of(self, hidden: int, heads: int) -> int:
        """Numbers of a head where the file does not state them.

        Raises:
            AssumptionError: if the heads do not share the width evenly.
        """
        if hidden % heads:
            raise AssumptionError(
                f"{self.place}: a width of {hidden} is not shared evenly by {heads} heads, and 'head_dim' is missing"
            )
        return hidden // heads

    def quantised(self) -> str | None:
        """What `quantization_config` says, in brief; None where nothing is stated."""
        value = self._table.get("quantization_config")
        if value is None:
            return None
        if not isinstance(value, dict):
            raise AssumptionError(f"{self.place}: 'quantization_config' is {shown(value)}: it must be a table")
        method, bits = value.get("quant_method"), value.get("bits")
        told = [printable(method)[:_LONGEST_WORD]] if isinstance(method, str) else []
        if isinstance(bits, int) and not isinstance(bits, bool) and 1 <= bits <= 32:  # noqa: PLR2004 - bits of a weight
            told.append(f"{bits} bit")
        return ", ".join(told) or "how is not stated"
