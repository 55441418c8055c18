"""Memory and copies behind the one protocol, through PyTorch on a device that is always here."""

import numpy as np
import pytest

from harness.errors import UnavailableError
from harness.runtimes.cuda.base import Cuda, as_bytes

pytest.importorskip("torch", reason="PyTorch is not here: pip install 'planner[torch]'")

from harness.runtimes.cuda.torch_cuda import TorchCuda


def test_what_is_copied_in_is_copied_out_again() -> None:
    cuda: Cuda = TorchCuda("cpu")
    stream = cuda.stream()
    given = np.arange(12, dtype=np.float16).reshape(3, 4)
    given.flags.writeable = False
    memory = cuda.allocate(given.nbytes)
    taken = cuda.pinned((3, 4), np.float16)

    cuda.copy_in(memory, given, stream)
    cuda.copy_out(taken, memory, stream)
    cuda.synchronize(stream)

    assert memory.address > 0
    assert (taken == given).all()


def test_an_array_in_pieces_is_refused_and_a_graph_needs_a_gpu() -> None:
    with pytest.raises(ValueError, match="in one piece"):
        as_bytes(np.zeros((4, 4))[:, ::2])
    with pytest.raises(UnavailableError, match="needs a GPU"):
        TorchCuda("cpu").capture(lambda: None, TorchCuda("cpu").stream())
