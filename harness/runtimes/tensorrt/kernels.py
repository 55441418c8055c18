"""The kernels that TensorRT-RTX compiles on the user's card, when an engine is first called with a shape.

Compiled at once, in that call: by default it computes with a fallback meanwhile and changes over when a thread in the
background is done, which would be in the midst of what is timed. First calls are made when a model is loaded, so that
no compiling is timed; what was compiled is kept beside the engine for the next process.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.runtimes.tensorrt.cache import write_engine

KERNELS_FILE = "kernels.cache"


@dataclass(slots=True)
class JitKernels:
    """Compiled kernels of one engine, shared by its contexts. `file` is where they are kept.

    TensorRT-RTX itself refuses what another version, card or driver compiled.
    """

    file: Path
    first_calls_s: float = 0.0
    read_bytes: int = 0
    _cache: Any = None
    _kept: bytes = b""

    def configure(self, trt: Any, config: Any) -> None:  # noqa: ANN401 - a package that may not be here
        """Have a context compile at once, with what was compiled before."""
        config.dynamic_shapes_kernel_specialization_strategy = trt.DynamicShapesKernelSpecializationStrategy.EAGER
        if self._cache is None:
            self._cache = config.create_runtime_cache()
            self._read()
        config.set_runtime_cache(self._cache)

    def called_first(self, seconds: float) -> None:
        """A shape was called for the first time, which took so long: keep what was compiled."""
        self.first_calls_s += seconds
        content = bytes(self._cache.serialize() or b"")
        if content and content != self._kept:
            with contextlib.suppress(OSError):  # a cache that cannot be written costs the next process its time alone
                write_engine(self.file, content)
                self._kept = content

    @property
    def told(self) -> str:
        """What to say of them beside a measurement."""
        kept = f"{self.read_bytes:,} bytes of earlier ones read" if self.read_bytes else "none kept from before"
        return (
            f"compiled on this GPU at the first call of each shape, before anything is timed: {self.first_calls_s:.3f} "
            f"s of first calls; {kept}"
        )

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            content = self.file.read_bytes()
            if content and self._cache.deserialize(content):
                self.read_bytes, self._kept = len(content), content


def jit_kernels(trt: Any, engine_file: Path) -> JitKernels | None:  # noqa: ANN401 - see above
    """For an engine of a TensorRT that compiles on the card; None for one whose engines hold their kernels."""
    if not hasattr(trt, "DynamicShapesKernelSpecializationStrategy"):
        return None
    return JitKernels(engine_file.with_name(KERNELS_FILE))
