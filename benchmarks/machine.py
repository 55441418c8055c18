"""Where a comparison was made, and with which versions of ours."""

from benchmarks.result import Machine
from harness.environment import Observer, read_environment

_PACKAGES = ("onnxruntime", "openvino", "nncf", "numpy", "planner")


def read_machine() -> Machine:
    """The machine now, before the comparison loads it."""
    found = read_environment(Observer.HEADLESS, gpus=())
    return Machine(
        cpu=found.cpu.model,
        cores=found.cpu.logical_cores,
        features=found.cpu.features,
        kernel=found.kernel,
        python=found.python,
        memory_bytes=found.memory_bytes,
        load_average=found.load_average[0] if found.load_average else None,
    )


def versions_here() -> dict[str, str]:
    """Of the packages that our side runs on."""
    packages = read_environment(Observer.HEADLESS, gpus=()).packages
    return {one.name: one.version for one in packages if one.name in _PACKAGES}
