"""The PyTorch modules that its peak rates are read from: chains of square matrix products.

INT8 is `_int_mm`, S8 by S8, the one INT8 product that a module can ask for without being quantised.
"""

from typing import Any

SIDE = 512
LAYERS = 3
_SPREAD = 0.03
_LEAST, _MOST = -127, 128


def floats() -> Any:  # noqa: ANN401 - a class of a package that may not be here
    """Products in the module's own precision."""
    import torch  # noqa: PLC0415 - heavy, and absence is a normal answer

    layers = [torch.nn.Linear(SIDE, SIDE, bias=False) for _ in range(LAYERS)]
    for layer in layers:
        torch.nn.init.normal_(layer.weight, std=_SPREAD)
    return torch.nn.Sequential(*layers), torch.zeros(SIDE, SIDE)


def integers() -> Any:  # noqa: ANN401 - as above
    """Products of INT8 matrices, summed in 32 bits."""
    import torch  # noqa: PLC0415 - see above

    class Integers(torch.nn.Module):  # type: ignore[misc] # its base is untyped
        """Independent products of the input with each weight: their 32-bit sums are no input of a next one."""

        def __init__(self) -> None:
            super().__init__()
            for place in range(LAYERS):
                weight = torch.randint(_LEAST, _MOST, (SIDE, SIDE), dtype=torch.int8)
                self.register_buffer(f"weight{place}", weight)

        def forward(self, x: Any) -> tuple[Any, ...]:  # noqa: ANN401 - as above
            """Every product."""
            return tuple(torch._int_mm(x, getattr(self, f"weight{place}")) for place in range(LAYERS))  # noqa: SLF001 - PyTorch has no public name for it

    return Integers(), torch.zeros(SIDE, SIDE, dtype=torch.int8)
