"""The machine of a check: card, driver, packages; and which packages it would have used and has not."""

import platform
from dataclasses import asdict
from importlib import metadata
from typing import Any

from harness.devices import NvidiaDevice, read_cpu
from harness.environment import Observer, read_environment

_PACKAGES = (
    "torch",
    "triton",
    "torchao",
    "onnx",
    "onnxruntime",
    "onnxruntime-gpu",
    "tensorrt",
    "nvidia-ml-py",
    "numpy",
)


def describe_machine(gpu: NvidiaDevice | None) -> dict[str, Any]:
    """Facts for the report, without a name of the host or of a user."""
    packages = {name: version for name in _PACKAGES if (version := _version(name))}
    cpu = read_cpu()
    system = {"python": platform.python_version(), "system": platform.system(), "cpu": cpu.model}
    name = gpu.name if gpu else cpu.model
    driver = f"driver {gpu.driver}, " if gpu else ""
    versions = driver + ", ".join(f"{name} {version}" for name, version in packages.items())
    environment = read_environment(Observer.HEADLESS, gpus=(gpu,) if gpu else ())
    return {"name": name, "versions": versions, "packages": packages, "environment": asdict(environment), **system}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
