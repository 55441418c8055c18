"""PyTorch on an NVIDIA GPU: sessions whose tensors lie on the card, memory and clock of the card.

Calls are queued: what is timed ends when the card has finished, with inputs and outputs that stay on it; copies are
timed apart, as a part of whole requests. Written against PyTorch 2.13; nothing here but its errors runs without a GPU.
"""

import functools
from collections.abc import Callable
from typing import Any

from harness.runtimes.base import AllocatorMemory, Inputs, Outputs
from harness.runtimes.gpu_memory import require_memory
from harness.runtimes.torch_session import TorchSession

_DEVICE = "cuda:0"  # the only one that the process sees


class TorchGpuSession(TorchSession):
    """A module on the GPU. Its calls return when the card has finished."""

    def bind(self, inputs: Inputs) -> Callable[[], object]:
        """A call on tensors that lie on the GPU beforehand, which ends when the card has finished."""
        import torch  # noqa: PLC0415 - see above

        return functools.partial(_finished, super().bind(inputs), torch.cuda.synchronize)

    def read(self, call: Callable[[], object], answer: object) -> Outputs:
        """Copied from the card."""
        del call
        return self.arrays_of(answer)

    def reset_device_peak(self) -> None:
        """Of PyTorch's allocator."""
        import torch  # noqa: PLC0415 - see above

        torch.cuda.reset_peak_memory_stats()

    def device_memory(self) -> AllocatorMemory | None:
        """Bytes in tensors; what the CUDA context and the libraries hold beside them is not counted."""
        import torch  # noqa: PLC0415 - see above

        return AllocatorMemory(
            resident_bytes=torch.cuda.memory_allocated(), peak_bytes=torch.cuda.max_memory_allocated()
        )

    def device_time_s(self, call: Callable[[], object], *, calls: int) -> float | None:
        """By CUDA events around calls that are queued one behind the other."""
        import torch  # noqa: PLC0415 - see above

        queue = call.args[0] if isinstance(call, functools.partial) and call.func is _finished else call
        began, ended = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        torch.cuda.synchronize()
        began.record()
        for _ in range(calls):
            queue()
        ended.record()
        ended.synchronize()
        return float(began.elapsed_time(ended)) / 1e3 / calls

    def _placed(self, what: Any) -> Any:  # noqa: ANN401 - see TorchSession
        try:
            return what.to(_DEVICE)
        except Exception as error:
            require_memory(error)
            raise


def _finished(queue: Callable[[], object], synchronize: Callable[[], None]) -> object:
    answer = queue()
    try:
        synchronize()
    except Exception as error:  # what a queued kernel met is told here, by whatever error CUDA has for it
        require_memory(error)
        raise
    return answer
