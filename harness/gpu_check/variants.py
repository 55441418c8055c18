"""Variants of a model on a device, ready to be called: strict FP32, TF32, 16 bits, INT8 by torchao."""

import copy
import functools
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from harness.gpu_check.networks import Network
from harness.runtimes.gpu_memory import require_memory
from harness.runtimes.torch_switches import set_tf32
from harness.variants import parse_variant
from harness.vocabulary import Method, Recipe

BASELINE = "fp32"
EAGER = (BASELINE, "tf32", "fp16", "bf16")
COMPILED = ("int8-dynamic:torchao,compile", "fp32:compile")
_TYPES = {Method.FP16: torch.float16, Method.BF16: torch.bfloat16}
_COMPUTE_CAPABILITIES = {Method.TF32: (8, 0), Method.BF16: (8, 0), Method.FP16: (7, 0), Method.INT8_DYNAMIC: (7, 5)}
"""The first with tensor cores for it: CUDA Programming Guide, arithmetic instructions."""
_SEED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Where it runs: `name` is PyTorch's, `arm` that of plans. `synchronize` waits for all that is queued."""

    name: str
    arm: str
    synchronize: Callable[[], None]

    @property
    def is_gpu(self) -> bool:
        """Whether CUDA's events and allocator are there."""
        return self.name != "cpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A variant that was called already. `queue` asks for a call, `call` waits for its end too.

    `with_copies` takes its input from the host's memory, and its answer back there. `peak_bytes` are the allocator's,
    without what other variants held on the device before.
    """

    recipe: Recipe
    queue: Callable[[], Any]
    call: Callable[[], Any]
    with_copies: Callable[[], Any]
    peak_bytes: int | None

    def switch(self) -> None:
        """Set what is one setting for the whole process, before a turn of this variant."""
        set_tf32(allowed=self.recipe.method is Method.TF32)


def refusal_of(label: str, network: Network, *, compute_capability: tuple[int, int] | None) -> str | None:
    """Why the variant cannot be had: by the model, the packages or the card, `None` for a rehearsal's CPU."""
    recipe = parse_variant(label)
    if recipe.method.is_int8 and network.is_convolutional:
        return "unavailable: no INT8 convolution in torchao, which quantises Linear layers alone"
    if compute_capability is None:
        return _unrehearsed(recipe)
    if recipe.method.is_int8 and importlib.util.find_spec("torchao") is None:
        return "the package torchao is not installed: pip install torchao"
    if recipe.is_compiled and importlib.util.find_spec("triton") is None:
        return "torch.compile needs Triton: pip install triton"
    least = _COMPUTE_CAPABILITIES.get(recipe.method, compute_capability)
    if compute_capability < least:
        return f"no tensor cores for {recipe.method} before compute capability {least[0]}.{least[1]}"
    return None


def _unrehearsed(recipe: Recipe) -> str | None:
    if recipe.is_compiled:
        return "a rehearsal compiles nothing"
    return "TF32 is a precision of GPUs" if recipe.method is Method.TF32 else None


def make_ready(label: str, network: Network, batch: int, device: Device) -> Ready:
    """Build, convert, place and call a variant.

    Raises:
        GpuMemoryError: it does not fit.
    """
    recipe = parse_variant(label)
    set_tf32(allowed=recipe.method is Method.TF32)
    if device.is_gpu:
        torch.cuda.reset_peak_memory_stats()
    try:
        return _ready(recipe, network, batch, device)
    except Exception as error:
        require_memory(error)
        raise


@functools.lru_cache(maxsize=1)
def made(make: Callable[[], Any]) -> Any:  # noqa: ANN401 - a module
    """The last model, on the CPU: drawing 300 million weights anew for each variant would take longer than timing."""
    return make()


def _ready(recipe: Recipe, network: Network, batch: int, device: Device) -> Ready:
    kind = _TYPES.get(recipe.method, torch.float32)
    held = torch.cuda.memory_allocated() if device.is_gpu else 0
    module = copy.deepcopy(made(network.make)).to(device.name).to(kind)
    if recipe.method.is_int8:
        from torchao import quantization as ao  # noqa: PLC0415 - absence is a normal answer

        ao.quantize_(module, ao.Int8DynamicActivationInt8WeightConfig())
    if recipe.is_compiled:
        module = torch.compile(module, dynamic=False)
    array = np.random.default_rng(_SEED).standard_normal((batch, *network.sample), dtype=np.float32)
    host = torch.from_numpy(array).to(kind)
    host = host.pin_memory() if device.is_gpu else host
    sample = host.to(device.name)

    def queue() -> Any:  # noqa: ANN401 - a tensor
        with torch.inference_mode():
            return module(sample)

    def call() -> Any:  # noqa: ANN401 - see above
        answer = queue()
        device.synchronize()
        return answer

    def with_copies() -> Any:  # noqa: ANN401 - see above
        with torch.inference_mode():
            return module(host.to(device.name, non_blocking=True)).cpu()

    for _ in range(3):  # what is allocated, chosen or compiled in the first calls is not timed
        call()
    peak = torch.cuda.max_memory_allocated() - held if device.is_gpu else None
    return Ready(recipe=recipe, queue=queue, call=call, with_copies=with_copies, peak_bytes=peak)
