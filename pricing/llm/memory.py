"""Tokens that fit beside the weights."""

import math

from pricing.errors import CapacityError

USABLE_SHARE = 0.9
"""Of a card's memory: what serving programs take by default; the rest is for activations and the driver."""


def resident_tokens(
    memory_bytes: float,
    weight_bytes: float,
    *,
    bytes_per_token: float,
    usable_share: float = USABLE_SHARE,
    workspace_bytes: float = 0.0,
) -> int:
    """Tokens of all open requests together that fit beside the weights; 0 where the weights alone do not fit.

    Args:
        memory_bytes: Of the card.
        weight_bytes: Of the model.
        bytes_per_token: See `kv_bytes_per_token`.
        usable_share: Of the card's memory.
        workspace_bytes: What else must fit into the usable memory.

    Raises:
        CapacityError: if a figure is no positive number.
    """
    for name, value in (("memory", memory_bytes), ("weights", weight_bytes), ("bytes per token", bytes_per_token)):
        if not (math.isfinite(value) and value > 0):
            raise CapacityError(f"{name} of {value} bytes: it must be a positive number")
    if not 0 < usable_share <= 1:
        raise CapacityError(f"a usable share of {usable_share}: it must be above 0 and at most 1")
    free = usable_share * memory_bytes - weight_bytes - workspace_bytes
    return max(0, math.floor(free / bytes_per_token))
