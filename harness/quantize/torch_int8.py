"""INT8 files from a workload's PyTorch module: made in this process, opened in others without the FP32 weights.

What PyTorch itself quantises is saved as TorchScript, and compared with the module it was traced from at
several batch sizes: a trace may hold for the shapes of its example alone. What torchao quantises cannot be
traced, and is saved as weights.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import HarnessError, QuantizeError, WorkloadError
from harness.foreign_errors import telling_sentence
from harness.kernels_torch import compute_of
from harness.quantize import torch_recipes
from harness.runtimes.torch_artifact import Told, save_script, save_weights
from harness.runtimes.torch_module import Module, build_module, named_outputs, parameters_sha256
from harness.runtimes.torch_profile import profile_calls
from harness.vocabulary import Arm, Method, TensorSpec, Toolkit
from harness.workloads.data.feeding import fit
from harness.workloads.data.split import Positions, Split
from harness.workloads.workload import Workload

ARTIFACT_FILE = "model.pt"
PACKAGES = ("torch", "torchao")
_CALIBRATION_BATCH = 32
_TRACED_BATCH = 2  # 1 is special: axes of size 1 broadcast
_COMPARED_BATCHES = (1, 2, 8)
_SAME = 1e-3  # of the largest output: the two run the same kernels, but fuse what surrounds them differently


def quantize_torch(workload: Workload, arm: Arm, calibration: Split, folder: Path) -> dict[str, str]:
    """Write the variant's file into `folder` and return what was done, as provenance.

    Raises:
        QuantizeError: a part to leave out does not exist, the module cannot be quantised, or its trace does
            not hold for other batch sizes.
        WorkloadError: there is no module, or it cannot be built.
    """
    reference = workload.described.model.torch
    if reference is None:
        raise WorkloadError(f'{workload.name} names no PyTorch module: add [model] torch = "package.module:function"')
    built = build_module(reference)
    digest = parameters_sha256(built.module)
    torch_recipes.check_parts_left_out(built.module, arm)
    try:
        notes = _make(built, arm, calibration, folder / ARTIFACT_FILE, reference=reference, digest=digest)
    except HarnessError:
        raise
    except (
        Exception
    ) as error:  # quantizers raise anything from AssertionError to NotImplementedError: this is the border
        told = f"{type(error).__name__}: {telling_sentence(error)}"
        raise QuantizeError(f"{arm.label} of {workload.name} failed: {told}") from error
    return {**notes, "parameters_sha256": digest}


def _make(built: Module, arm: Arm, calibration: Split, file: Path, *, reference: str, digest: str) -> dict[str, str]:
    import torch  # noqa: PLC0415 - heavy, and absence is a normal answer

    torch.set_num_threads(arm.threads)
    example = _tensors(built, calibration, np.arange(_TRACED_BATCH) % calibration.samples)
    if arm.recipe.toolkit is Toolkit.TORCHAO:
        quantized, notes = torch_recipes.torchao(built, arm)
    elif arm.recipe.method is Method.INT8_DYNAMIC:
        quantized, notes = torch_recipes.dynamic(built, arm)
    else:
        quantized, notes = torch_recipes.static(built, arm, _batches(built, calibration), example)
    made = Module(module=quantized.eval(), inputs=built.inputs, positional=built.positional)
    given = tuple(spec for spec in built.inputs if spec.name in example)
    with torch.inference_mode():
        told = Told(
            reference=reference,
            inputs=tuple(_required(spec) for spec in given),
            outputs=tuple(named_outputs(_call(made, example))),
            parameters_sha256=digest,
            quantized_engine=str(torch.backends.quantized.engine),
            scopes=_scopes(made, example),
        )
        if arm.recipe.toolkit is not Toolkit.TORCHAO:
            script, warned = _traced(made, told, example)
            _compare(made, script, told, calibration, arm)
            save_script(script, told, file)
            return {**notes, **warned, "format": "torchscript, traced", "quantized_engine": told.quantized_engine}
    save_weights(made.module, told, file)
    return {**notes, "format": "weights for the module built again"}


def _required(spec: TensorSpec) -> TensorSpec:
    return TensorSpec(name=spec.name, dtype=spec.dtype, shape=spec.shape)


def _tensors(built: Module, calibration: Split, chosen: Positions | slice) -> dict[str, Any]:
    import torch  # noqa: PLC0415 - see above

    fitted = fit(calibration.feed(chosen), built.inputs)
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in fitted.items()}
    return {name: one.float() if one.is_floating_point() else one for name, one in tensors.items()}


def _batches(built: Module, calibration: Split) -> Iterator[dict[str, Any]]:
    for start in range(0, calibration.samples, _CALIBRATION_BATCH):
        yield _tensors(built, calibration, slice(start, start + _CALIBRATION_BATCH))


def _call(made: Module, tensors: dict[str, Any]) -> object:
    positional, named = made.arguments(tensors)
    return made.module(*positional, **named)


def _scopes(made: Module, example: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Operator and module of every compute layer, in order: TorchScript's profile does not tell modules."""
    (call,) = profile_calls(lambda: _call(made, example), module=made.module, calls=1)
    return tuple((one.name, one.scope) for one in compute_of(call))


def _traced(made: Module, told: Told, example: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """TorchScript that takes the inputs in order and gives a tuple of the named outputs; and what tracing warned of."""
    import torch  # noqa: PLC0415 - see above

    class Plain(torch.nn.Module):  # type: ignore[misc] # the package is untyped here
        """The module with tensors in and a tuple of tensors out: all that a trace can hold."""

        def __init__(self) -> None:
            super().__init__()
            self.module = made.module

        def forward(self, *tensors: Any) -> tuple[Any, ...]:  # noqa: ANN401 - see above
            inputs = dict(zip((spec.name for spec in told.inputs), tensors, strict=True))
            return tuple(named_outputs(_call(made, inputs)).values())

    ordered = tuple(example[spec.name] for spec in told.inputs)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        script = torch.jit.trace(Plain().eval(), ordered, check_trace=False)  # `_compare` checks more
    doubts = [str(one.message).split("!")[0] for one in seen if issubclass(one.category, torch.jit.TracerWarning)]
    return script, {"trace_warnings": "; ".join(dict.fromkeys(doubts))[:300]} if doubts else {}


def _compare(made: Module, script: Any, told: Told, calibration: Split, arm: Arm) -> None:  # noqa: ANN401 - see `_traced`
    """Refuse a trace that answers differently from what it was traced from at other batch sizes or lengths."""
    for size in _COMPARED_BATCHES:
        places = np.arange(size) % calibration.samples
        tensors = _tensors(made, calibration, places)
        expected = named_outputs(_call(made, tensors))
        try:
            found = dict(zip(told.outputs, script(*(tensors[spec.name] for spec in told.inputs)), strict=True))
        except RuntimeError as error:
            raise QuantizeError(_not_dynamic(arm, size)) from error
        for name, tensor in expected.items():
            if found[name].shape != tensor.shape or not _alike(found[name], tensor):
                raise QuantizeError(_not_dynamic(arm, size))


def _alike(found: Any, expected: Any) -> bool:  # noqa: ANN401 - see `_traced`
    if not expected.numel():
        return True
    scale = max(1e-6, float(expected.float().abs().max()))
    return float((found.float() - expected.float()).abs().max()) <= _SAME * scale


def _not_dynamic(arm: Arm, size: int) -> str:
    return (
        f"{arm.label}: the module's trace does not hold at batch size {size}: its forward turns shapes into numbers "
        "or branches on data; use tensor.size() in view and reshape, or int8-dynamic:torchao, which needs no trace"
    )
