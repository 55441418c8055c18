"""NVIDIA's management library, through NVIDIA's own binding: the border at which its errors become ours.

Every call may be unsupported on a card, and that is an answer with a reason. A GPU that is lost is not: no other
reading of it can be trusted. Nothing of NVIDIA's is imported before the library is opened.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

from harness.errors import GpuLostError, MeasurementError
from harness.meters.absence import Unavailable

T = TypeVar("T")
# Codes of nvmlReturn_t after which a GPU, or the driver, says nothing true any more. Source: nvml.h.
UNINITIALIZED, DRIVER_NOT_LOADED, GPU_IS_LOST, RESET_REQUIRED, VERSION_MISMATCH = 1, 9, 15, 16, 18
NO_PERMISSION, LIBRARY_NOT_FOUND = 4, 12
LOST = frozenset({UNINITIALIZED, DRIVER_NOT_LOADED, GPU_IS_LOST, RESET_REQUIRED, VERSION_MISMATCH})

NO_BINDING = Unavailable(
    reason="NVML: the Python package nvidia-ml-py is not installed", hint="pip install nvidia-ml-py"
)
_HINTS = {
    LIBRARY_NOT_FOUND: "install NVIDIA's driver; a container is given it by `docker run --gpus all` (NVIDIA Container "
    "Toolkit)",
    DRIVER_NOT_LOADED: "load the driver (`sudo modprobe nvidia`) or restart the machine, until `nvidia-smi` answers",
    VERSION_MISMATCH: "restart the machine: its driver was updated, and the old one still runs in the kernel",
    NO_PERMISSION: "this user may not open /dev/nvidia*: look at their owner and group",
    GPU_IS_LOST: "restart the machine: the GPU has fallen off the bus (`dmesg | grep -i xid` tells when)",
    RESET_REQUIRED: "reset the GPU with `sudo nvidia-smi --gpu-reset`, or restart the machine",
}
# nvmlValueType_t of integers, and the member of nvmlValue_t that holds such a one. Source: nvml.h.
_INTEGERS = {1: "uiVal", 2: "ulVal", 3: "ullVal", 4: "sllVal", 5: "siVal", 6: "usVal"}
_ELSE = "see what `nvidia-smi` says"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nvml:
    """The library, opened. `module` is NVIDIA's binding."""

    module: ModuleType

    def ask(self, function: str, *arguments: object) -> Any:  # noqa: ANN401 - the binding has no types
        """What a function of NVML says, or why this card or driver does not say it.

        Raises:
            GpuLostError: the GPU or its driver is gone.
        """
        call = getattr(self.module, function, None)
        if call is None:
            return Unavailable(reason="this nvidia-ml-py is too old to ask for it")
        try:
            return call(*arguments)
        except self.module.NVMLError as error:
            if code_of(error) in LOST:
                raise lost(error) from error
            return Unavailable(reason=str(error))

    def require(self, function: str, *arguments: object) -> Any:  # noqa: ANN401 - the binding has no types
        """What a function says that every card answers.

        Raises:
            GpuLostError: the GPU or its driver is gone.
            MeasurementError: the driver does not answer this one.
        """
        answer = self.ask(function, *arguments)
        if isinstance(answer, Unavailable):
            raise MeasurementError(f"NVML: {answer.reason} ({function}): {_ELSE}")
        return answer

    def ask_field(self, handle: object, number: int) -> int | Unavailable:
        """A field of a card by its number, an integer.

        Raises:
            GpuLostError: the GPU or its driver is gone.
        """
        return self.ask_fields(handle, (number,))[0]

    def ask_fields(self, handle: object, numbers: Sequence[int]) -> tuple[int | Unavailable, ...]:
        """Fields of a card by their numbers, in one call: each an integer, or why it is not told.

        Raises:
            GpuLostError: the GPU or its driver is gone.
        """
        answers = self.ask("nvmlDeviceGetFieldValues", handle, list(numbers))
        if isinstance(answers, Unavailable):
            return (answers,) * len(numbers)
        return tuple(self._value_of(one) for one in answers)

    def _value_of(self, answer: Any) -> int | Unavailable:  # noqa: ANN401 - the binding has no types
        if answer.nvmlReturn:
            error = self.module.NVMLError(answer.nvmlReturn)
            if code_of(error) in LOST:
                raise lost(error) from error
            return Unavailable(reason=str(error))
        member = _INTEGERS.get(answer.valueType)
        if member is None:
            return Unavailable(reason=f"the driver tells field {answer.fieldId} as no integer")
        return int(getattr(answer.value, member))

    def close(self) -> None:
        """Let the library go; never raises."""
        with contextlib.suppress(self.module.NVMLError):
            self.module.nvmlShutdown()


@dataclass(slots=True)
class Inquiry:
    """Questions that a card may leave open. `missing` keeps which of the asker's fields that are, and why."""

    nvml: Nvml
    missing: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, name: str, function: str, *arguments: object, older: str | None = None) -> Any:  # noqa: ANN401 - the binding has no types
        """The answer or None; drivers that do not know the function may know it by an `older` name.

        Raises:
            GpuLostError: the GPU or its driver is gone.
        """
        answer = self.nvml.ask(function, *arguments)
        if isinstance(answer, Unavailable) and older is not None:
            answer = self.nvml.ask(older, *arguments)
        if isinstance(answer, Unavailable):
            self.missing.append((name, f"NVML: {answer.reason}"))
        return known(answer)


def load_binding() -> ModuleType:
    """NVIDIA's binding, which needs no driver to be imported.

    Raises:
        ImportError: it is not installed.
    """
    return import_module("pynvml")


def open_nvml(load: Callable[[], ModuleType] = load_binding) -> Nvml | Unavailable:
    """The library of this machine's driver, or why there is none. Never raises."""
    try:
        module = load()
    except ImportError:
        return NO_BINDING
    try:
        module.nvmlInit()
    except module.NVMLError as error:
        told = str(error).removeprefix("NVML ")  # as in "NVML Shared Library Not Found"
        return Unavailable(reason=f"NVML: {told}", hint=_HINTS.get(code_of(error), _ELSE))
    return Nvml(module=module)


@contextlib.contextmanager
def opened_nvml(load: Callable[[], ModuleType] = load_binding) -> Iterator[Nvml | Unavailable]:
    """The library for as long as the block lasts."""
    opened = open_nvml(load)
    try:
        yield opened
    finally:
        if isinstance(opened, Nvml):
            opened.close()


def lost(error: Exception) -> GpuLostError:
    """The same as an error of ours, with what would help."""
    return GpuLostError(f"NVML: {error}: {_HINTS.get(code_of(error), _ELSE)}")


def known(answer: T | Unavailable) -> T | None:
    """The answer, or nothing where there is none."""
    return None if isinstance(answer, Unavailable) else answer


def code_of(error: Exception) -> int:
    """The number of an error of NVML, 999 (unknown) where it has none."""
    code = getattr(error, "value", 999)
    return code if isinstance(code, int) else 999
