"""Where the quantizers of others end: their errors become ours, and their temporary files lie in our folder."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.errors import HarnessError, QuantizeError
from harness.foreign_errors import telling_sentence
from harness.vocabulary import Arm
from harness.workloads.workload import Workload


@contextlib.contextmanager
def quantizer_errors(arm: Arm, workload: Workload) -> Iterator[None]:
    """Turn whatever a quantizer raises, from KeyError to protobuf's own, into a sentence about the recipe.

    Raises:
        QuantizeError: instead of it. Our own errors and a lack of memory pass as they are.
    """
    try:
        yield
    except (HarnessError, MemoryError):
        raise
    except Exception as error:  # they have no common base below Exception: this is the border
        told = f"{type(error).__name__}: {telling_sentence(error)}"
        raise QuantizeError(f"{arm.label} of {workload.name} failed: {told}") from error


@contextlib.contextmanager
def scratch_inside(folder: Path) -> Iterator[Path]:
    """An empty folder inside `folder`, where for as long all temporary files are made, also those of libraries.

    A quantizer that is killed cannot clean up, but whoever gave it `folder` deletes that: copies of a large
    model would otherwise stay behind for good.
    """
    usual = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=folder) as scratch:
        tempfile.tempdir = scratch
        try:
            yield Path(scratch)
        finally:
            tempfile.tempdir = usual
