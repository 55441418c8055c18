"""Are the devices that were asked for here? Says in one sentence what is, and what to do where one is not."""

from collections.abc import Callable, Sequence

from harness.devices.nvidia import NvidiaDevice, nvidia_devices
from harness.errors import UnavailableError, UsageError
from harness.meters.absence import Unavailable
from harness.vocabulary import gpu_index_of

Gpus = tuple[NvidiaDevice, ...] | Unavailable
"""The GPUs that this process may see, or why there is none."""


_OTHERWISE = "without --device the CPU is measured"


def require_devices(
    devices: Sequence[str], *, find: Callable[[], Gpus] = nvidia_devices, otherwise: str = _OTHERWISE
) -> tuple[NvidiaDevice, ...]:
    """The GPUs among some devices, in their order, after a look for them; the driver is not asked for CPUs alone.

    Args:
        devices: names such as `gpu:0` and `cpu`.
        find: looks for GPUs.
        otherwise: what can be done without any.

    Raises:
        UsageError: a name that is no device's, or one that is there twice.
        UnavailableError: a GPU that is not here, with the reason and what to do.
    """
    indices = [gpu_index_of(device) for device in devices]
    if not devices or len(set(devices)) < len(devices):
        raise UsageError(f"--device {','.join(devices)!r}: name each device once, such as gpu:0,cpu")
    wanted = [index for index in indices if index is not None]
    if not wanted:
        return ()
    gpus = find()
    if isinstance(gpus, Unavailable):
        named = ", ".join(f"gpu:{index}" for index in wanted)
        raise UnavailableError(f"{named} cannot be measured, as {no_gpu(gpus)}; {otherwise}")
    return tuple(_of(gpus, index) for index in wanted)


def find_gpu(device: str) -> NvidiaDevice | None:
    """The GPU of that name; `None` where it is none, or not here."""
    gpus = nvidia_devices()
    index = gpu_index_of(device)
    return None if isinstance(gpus, Unavailable) else next((gpu for gpu in gpus if gpu.index == index), None)


def no_gpu(absence: Unavailable) -> str:
    """Why there is no GPU and what would help, in the words of every screen that says so."""
    return f"no GPU is here ({absence.reason})" + (f": {absence.hint}" if absence.hint else "")


def _of(gpus: tuple[NvidiaDevice, ...], index: int) -> NvidiaDevice:
    found = next((gpu for gpu in gpus if gpu.index == index), None)
    if found is None:
        here = ", ".join(f"gpu:{gpu.index} ({gpu.name})" for gpu in gpus)
        raise UnavailableError(f"no gpu:{index} is here, only {here}: name one of those with --device")
    return found
