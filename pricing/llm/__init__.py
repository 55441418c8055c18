"""Language models: their shapes, what they keep in memory, which cards hold them, and rates that nothing exceeds.

Weights and a key and a value for every token of every open request decide what fits; bandwidth and peak rates bound how
fast tokens come. No rate here is a measurement, and none is called one.
"""

from pricing.llm.bounds import REACHED, REACHED_SOURCE, Speed, decode_step, speed_bound
from pricing.llm.config_file import MOST_CONFIG_BYTES, read_decoder
from pricing.llm.decoder import Decoder
from pricing.llm.fitting import Fit, Limit, ServingAsk, fit
from pricing.llm.known import DECODERS, LANGUAGE_MODELS, find_decoder
from pricing.llm.memory import USABLE_SHARE, resident_tokens
from pricing.llm.model import LanguageModel, kv_bytes_per_token
from pricing.llm.variants import Variant, find_variant, plain_bytes, stored_bytes

__all__ = [
    "DECODERS",
    "LANGUAGE_MODELS",
    "MOST_CONFIG_BYTES",
    "REACHED",
    "REACHED_SOURCE",
    "USABLE_SHARE",
    "Decoder",
    "Fit",
    "LanguageModel",
    "Limit",
    "ServingAsk",
    "Speed",
    "Variant",
    "decode_step",
    "find_decoder",
    "find_variant",
    "fit",
    "kv_bytes_per_token",
    "plain_bytes",
    "read_decoder",
    "resident_tokens",
    "speed_bound",
    "stored_bytes",
]
