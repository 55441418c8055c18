"""From an ONNX file to TensorRT's network and builder configuration. Everything that could change a precision is set.

The network is strongly typed: what a layer computes in stands in the file, and no flag of the builder changes it but
TF32, which is cleared unless it is what was asked for.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import UnavailableError, UsageError, WorkloadError
from harness.foreign_errors import telling_sentence
from harness.runtimes.cuda.driver import cuda_device, driver_refusal
from harness.runtimes.tensorrt.listener import Listener
from harness.runtimes.tensorrt.module import flavour_of
from harness.vocabulary import TensorSpec
from harness.vocabulary.engine import EngineOrder, EngineRequest, read_target

_CAPABILITY = "SM"
_SHOWN_ERRORS = 3
_PLACES = re.compile(r"\[checkMacros\.cpp.*")  # what follows is the missing driver, which parsing does not need
_OF_QDQ = ("quantizelinear", "zero point")
_QDQ_HINT = (
    "it takes symmetric INT8 with biases in floats: planner quantize --recipe int8-static:symmetric,tensorrt makes that"
)


def parse_network(trt: Any, builder: Any, model: Path, listener: Listener) -> tuple[Any, Any]:  # noqa: ANN401 - a package that may not be here
    """The network and the parser, which must live as long as the network: weights may lie in its memory.

    Raises:
        WorkloadError: TensorRT cannot read the model; in its own words.
    """
    flags = trt.NetworkDefinitionCreationFlag
    typed = 1 << int(flags.STRONGLY_TYPED) if hasattr(flags, "STRONGLY_TYPED") else 0  # TensorRT 11 knows no other
    network = builder.create_network(typed)
    parser = trt.OnnxParser(network, listener.as_logger)
    if not parser.parse_from_file(str(model)):
        errors = [" ".join(parser.get_error(place).desc().split()) for place in range(parser.num_errors)]
        told = _PLACES.sub("", "; ".join(errors[:_SHOWN_ERRORS]) or listener.reason).strip()
        hint = f"; {_QDQ_HINT}" if any(word in told.lower() for word in _OF_QDQ) else ""
        raise WorkloadError(f"TensorRT cannot read {model.name}: {told}{hint}")
    return network, parser


def network_inputs(trt: Any, network: Any) -> tuple[TensorSpec, ...]:  # noqa: ANN401 - see parse_network
    """What the network reads."""
    return tuple(_spec(trt, network.get_input(place)) for place in range(network.num_inputs))


def network_outputs(trt: Any, network: Any) -> tuple[TensorSpec, ...]:  # noqa: ANN401 - see parse_network
    """What the network answers."""
    return tuple(_spec(trt, network.get_output(place)) for place in range(network.num_outputs))


def target_of(trt: Any, order: EngineOrder) -> tuple[str, str]:  # noqa: ANN401 - see parse_network
    """The compute capability to build for, and the GPU that tactics are timed on, empty where none is.

    Raises:
        UnavailableError: the builder does not know the target, or needs a GPU that is not here.
    """
    flavour = flavour_of(order.module)
    if flavour.builds_without_gpu:
        if not order.target:
            return _own_target(), ""
        target = read_target(order.target)
        known = capabilities(trt)
        if target not in known:
            raise UnavailableError(f"{order.module} {trt.__version__} builds for {', '.join(known)}, not for {target}")
        return target, ""
    reason = driver_refusal()
    if reason is not None:
        raise UnavailableError(
            f"{order.module} builds only where its GPU is: {reason}; --module tensorrt_rtx builds without one"
        )
    device = cuda_device()
    if order.target and read_target(order.target) != device.target:
        raise UnavailableError(
            f"{order.module} builds for the GPU at hand, {device.name} ({device.target}), not for {order.target}; "
            "--module tensorrt_rtx builds for others"
        )
    return device.target, device.name


def _own_target() -> str:
    reason = driver_refusal()
    if reason is not None:
        raise UnavailableError(f"there is no GPU here to build for ({reason}): name one, for example --target sm_80")
    return cuda_device().target


def capabilities(trt: Any) -> tuple[str, ...]:  # noqa: ANN401 - see parse_network
    """The compute capabilities that a builder without a GPU takes: `sm_75`, `sm_80` and so on."""
    names = getattr(getattr(trt, "ComputeCapability", None), "__members__", {})
    numbers = [name.removeprefix(_CAPABILITY) for name in names if name.startswith(_CAPABILITY)]
    return tuple(f"sm_{number}" for number in sorted(numbers, key=int) if number.isdecimal())


def configure(trt: Any, builder: Any, network: Any, request: EngineRequest) -> Any:  # noqa: ANN401 - see parse_network
    """A builder configuration in which everything of the request is set.

    Raises:
        UsageError: TensorRT does not take a profile.
    """
    config = builder.create_builder_config()
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, request.workspace_bytes)
    config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED
    config.builder_optimization_level = request.optimization_level
    if "tf32" in request.flags:
        config.set_flag(trt.BuilderFlag.TF32)
    else:
        config.clear_flag(trt.BuilderFlag.TF32)
    if flavour_of(request.module).builds_without_gpu:
        config.num_compute_capabilities = 1
        named = trt.ComputeCapability.__members__.get(_CAPABILITY + request.target.removeprefix("sm_"))
        # A GPU at hand that has no name of its own may be served all the same: the builder says if it is not.
        config.set_compute_capability(trt.ComputeCapability.CURRENT if named is None else named, 0)
    _add_profiles(builder, network, config, request)
    return config


def flags_of(order: EngineOrder) -> tuple[str, ...]:
    """The flags that an engine is built with, by our names: part of what tells it from another."""
    return ("strongly-typed", "detailed", "tf32" if order.allows_tf32 else "no-tf32")


def _add_profiles(builder: Any, network: Any, config: Any, request: EngineRequest) -> None:  # noqa: ANN401 - see parse_network
    for ranges in request.profiles:
        profile = builder.create_optimization_profile()
        for one in ranges:
            try:
                profile.set_shape(one.name, one.least, one.best, one.most)
            except (TypeError, ValueError, RuntimeError) as error:
                raise UsageError(
                    f"TensorRT takes no shape {one.best} for {one.name}: {telling_sentence(error)}"
                ) from error
        if config.add_optimization_profile(profile) < 0:
            shown = ", ".join(f"{one.name} {one.best}" for one in ranges)
            raise UsageError(f"TensorRT refuses the optimisation profile {shown} of {network.name or 'the network'}")


def _spec(trt: Any, tensor: Any) -> TensorSpec:  # noqa: ANN401 - see parse_network
    axes = tuple(int(axis) for axis in tensor.shape)
    return TensorSpec(
        name=tensor.name, dtype=dtype_name(trt, tensor.dtype), shape=tuple(None if axis < 0 else axis for axis in axes)
    )


def dtype_name(trt: Any, dtype: Any) -> str:  # noqa: ANN401 - see parse_network
    """Numpy's name of a TensorRT type, or TensorRT's own where numpy has none (`bfloat16`)."""
    try:
        return str(np.dtype(trt.nptype(dtype)).name)
    except TypeError:
        return str(dtype.name).lower()
