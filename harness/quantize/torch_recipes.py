"""INT8 modules from FP32 ones: PyTorch's FX quantisation, its dynamic quantisation, and torchao's.

Each changes the module it is given, and says what was done. Parts that a recipe leaves out are named as in
`module.named_modules()`; a name stands for everything below it too.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from harness.errors import NothingToQuantizeError, QuantizeError
from harness.foreign_errors import telling_sentence
from harness.runtimes.torch_module import Module
from harness.vocabulary import Arm, Granularity, Recipe

Notes = dict[str, str]
Tensors = dict[str, Any]
_NARROW_ENGINES = frozenset({"x86", "fbgemm"})


def static(built: Module, arm: Arm, batches: Iterable[Tensors], example: Tensors) -> tuple[Any, Notes]:
    """Quantise weights and activations by ranges that calibration data show, over a traced graph.

    On x86 activations are 7 bits of uint8: without VNNI, sums of 8-bit products overflow (PyTorch's own default).

    Raises:
        QuantizeError: the module's Python code does not become a graph.
    """
    import torch  # noqa: PLC0415 - heavy, and absence is a normal answer
    from torch.ao.quantization import quantize_fx  # noqa: PLC0415 - see above

    mapping = _mapping(built.module, arm.recipe)
    positional, named = built.arguments(example)
    if named:
        raise QuantizeError(f"{arm.label}: quantize_fx gives inputs by position, and forward leaves some out before "
                            f"{', '.join(named)}: use int8-dynamic, or another order of inputs")  # fmt: skip
    try:
        observed = quantize_fx.prepare_fx(built.module, mapping, positional)
    except Exception as error:  # tracing runs the user's code on stand-ins: it may raise anything
        told = f"{type(error).__name__}: {telling_sentence(error)}"
        raise QuantizeError(
            f"{arm.label}: quantize_fx cannot trace the module ({told}): its forward branches on data or shapes; use "
            "int8-dynamic, or export it to ONNX for the other runtimes"
        ) from error
    with torch.inference_mode():
        for batch in batches:
            observed(*built.arguments(batch)[0])
    quantized = quantize_fx.convert_fx(observed)
    weights = "int8 per channel" if arm.recipe.granularity is Granularity.PER_CHANNEL else "int8 per tensor"
    activations = "uint8 in 7 bits, asymmetric" if _is_narrow(arm.recipe) else "uint8, asymmetric"
    if arm.recipe.is_symmetric:
        activations = "uint8, zero point 128"
    return quantized, {
        "quantizer": "torch.ao.quantization.quantize_fx",
        "weights": f"{weights}, symmetric",
        "activations": activations,
        "calibration_method": "min-max",
    }


def dynamic(built: Module, arm: Arm) -> tuple[Any, Notes]:
    """Quantise the weights of Linear and recurrent layers now, and their activations at each call.

    Raises:
        QuantizeError: the module has no such layers, or all of them are left out.
    """
    import torch  # noqa: PLC0415 - see above
    from torch.ao import quantization as quant  # noqa: PLC0415 - see above

    recurrent = (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNNCell, torch.nn.LSTMCell, torch.nn.GRUCell)
    is_per_channel = arm.recipe.granularity is Granularity.PER_CHANNEL
    linear = quant.per_channel_dynamic_qconfig if is_per_channel else quant.default_dynamic_qconfig
    chosen = {}
    for name, part in _kept_in(built.module, arm.recipe):
        if isinstance(part, torch.nn.Linear):
            chosen[name] = linear
        elif isinstance(part, recurrent):
            chosen[name] = quant.default_dynamic_qconfig  # packs its weights per tensor only
    _require(chosen, arm, "Linear or recurrent")
    quantized = quant.quantize_dynamic(built.module, chosen, inplace=True)
    return quantized, {
        "quantizer": "torch.ao.quantization.quantize_dynamic",
        "weights": "int8 per channel, symmetric" if is_per_channel else "int8 per tensor",
        "recurrent_weights": "int8 per tensor",
        "activations": "uint8 per tensor, at each call",
        "quantized_modules": str(len(chosen)),
    }


def torchao(built: Module, arm: Arm) -> tuple[Any, Notes]:
    """Quantise the weights of Linear layers now, and their activations per token at each call, with torchao.

    Raises:
        QuantizeError: the module has no Linear layers, or all of them are left out.
        NothingToQuantizeError: most of its layers are convolutions, which torchao leaves as they are.
    """
    import torch  # noqa: PLC0415 - see above
    from torchao import quantization as ao  # noqa: PLC0415 - see above

    chosen = [name for name, part in _kept_in(built.module, arm.recipe) if isinstance(part, torch.nn.Linear)]
    _require(chosen, arm, "Linear")
    left = _convolutions(built.module)
    if left >= len(chosen):
        raise NothingToQuantizeError(
            f"{arm.label}: no INT8 convolution in torchao: of {left + len(chosen)} layers {len(chosen)} are Linear, "
            f"and {left} convolutions would stay in floats; measure it with TensorRT, or on the CPU with int8-static"
        )
    is_per_channel = arm.recipe.granularity is Granularity.PER_CHANNEL
    granularity = [ao.PerRow(), ao.PerRow() if is_per_channel else ao.PerTensor()]
    config = ao.Int8DynamicActivationInt8WeightConfig(granularity=granularity)
    ao.quantize_(built.module, config, filter_fn=lambda _part, name: name in chosen)
    return built.module, {
        "quantizer": "torchao Int8DynamicActivationInt8WeightConfig",
        "weights": f"int8 per {'channel' if is_per_channel else 'tensor'}, symmetric",
        "activations": "int8 per token, symmetric, at each call",
        "quantized_modules": f"{len(chosen)} Linear of {left + len(chosen)} layers",
    }


def _convolutions(module: Any) -> int:  # noqa: ANN401 - a class of a package that may not be here
    import torch  # noqa: PLC0415 - see above

    kinds = (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d, torch.nn.ConvTranspose2d)
    return sum(isinstance(part, kinds) for part in module.modules())


def check_parts_left_out(module: Any, arm: Arm) -> None:  # noqa: ANN401 - a class of a package that may not be here
    """Refuse a recipe that leaves out parts or types which the module does not have: they would be quantised.

    Raises:
        QuantizeError: naming the first.
    """
    parts = dict(module.named_modules())
    kinds = {type(part).__name__ for part in parts.values()}
    for name in arm.recipe.left_out:
        if not name or name not in parts:
            raise QuantizeError(f"{arm.label} leaves out {name!r}, which is no part of the module: see named_modules()")
    for kind in arm.recipe.left_out_types:
        if kind not in kinds:
            raise QuantizeError(f"{arm.label} leaves out {kind!r}; the module has: {', '.join(sorted(kinds))}")


def _mapping(module: Any, recipe: Recipe) -> Any:  # noqa: ANN401 - see `check_parts_left_out`
    """PyTorch's own choices for its engine, with our ranges and granularity in the place of its defaults."""
    import torch  # noqa: PLC0415 - see above
    from torch.ao import quantization as quant  # noqa: PLC0415 - see above

    scheme = torch.per_tensor_symmetric if recipe.is_symmetric else torch.per_tensor_affine
    ranges = quant.MinMaxObserver.with_args(dtype=torch.quint8, qscheme=scheme, reduce_range=_is_narrow(recipe))
    per_channel = quant.default_per_channel_weight_observer
    weights = per_channel if recipe.granularity is Granularity.PER_CHANNEL else quant.default_weight_observer
    mapping = quant.get_default_qconfig_mapping(torch.backends.quantized.engine)
    default = mapping.global_qconfig
    mapping.set_global(quant.QConfig(activation=ranges, weight=weights))
    for kind, config in list(mapping.object_type_qconfigs.items()):
        if config.activation is default.activation:  # special only in its weights
            mapping.set_object_type(kind, quant.QConfig(activation=ranges, weight=config.weight))
    of_kind = [name for name, part in module.named_modules() if type(part).__name__ in recipe.left_out_types]
    for name in (*recipe.left_out, *of_kind):  # by name: left out by type, what is fused with an activation is not
        mapping.set_module_name(name, None)
    return mapping


def _is_narrow(recipe: Recipe) -> bool:
    """Whether activations get 7 bits only; PyTorch has no such symmetric ranges, which are for CPUs with VNNI alone."""
    import torch  # noqa: PLC0415 - see above

    return torch.backends.quantized.engine in _NARROW_ENGINES and not recipe.is_symmetric


def _kept_in(module: Any, recipe: Recipe) -> Iterable[tuple[str, Any]]:  # noqa: ANN401 - see `check_parts_left_out`
    for name, part in module.named_modules():
        is_left_out = any(name == one or name.startswith(f"{one}.") for one in recipe.left_out)
        if name and not is_left_out and type(part).__name__ not in recipe.left_out_types:
            yield name, part


def _require(chosen: Sequence[str] | dict[str, Any], arm: Arm, kinds: str) -> None:
    if not chosen:
        raise QuantizeError(f"{arm.label}: the module has no {kinds} layer left to quantise: use int8-static")
