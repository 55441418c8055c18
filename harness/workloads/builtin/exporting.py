"""Torch modules to ONNX files that depend on what they compute and not on where they were made."""

import io
import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import WorkloadError
from harness.foreign_errors import telling_sentence

OPSET = 17


def quiet_offline() -> None:
    """Keep transformers from the network and from chatting; to be called before it is imported."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    # transformers imports torchao where it is installed, which warns of the GPU libraries that it cannot load.
    for chatty in ("torchao", "torch.utils._pytree"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


def traced(
    network: Any,  # noqa: ANN401 - torch is read as untyped
    examples: Mapping[str, Any],
    *,
    output: str,
    axes: Sequence[str] = ("batch",),
) -> Any:  # noqa: ANN401 - onnx is read as untyped
    """The network as an ONNX model.

    Args:
        network: in evaluation mode, with one output.
        examples: a tensor for each input, by name, in the order of the network's parameters.
        output: the name of the output.
        axes: names of the leading axes of every input that may have any length; the output keeps the first.

    Raises:
        WorkloadError: this torch cannot export it.
    """
    import onnx  # noqa: PLC0415 - heavy and optional
    import torch  # noqa: PLC0415 - heavy and optional

    buffer = io.BytesIO()
    dynamic = {name: dict(enumerate(axes)) for name in examples} | {output: {0: axes[0]}}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # of constants in traces, which are meant so, and of dynamo=False
        try:
            torch.onnx.export(
                network,
                tuple(examples.values()),
                buffer,
                input_names=list(examples),
                output_names=[output],
                dynamic_axes=dynamic,
                opset_version=OPSET,
                # Deliberate: node names are then the module paths, which recipes refer to, and ONNX Runtime fuses
                # attention only in what this exporter writes.
                dynamo=False,
            )
        except (RuntimeError, TypeError) as error:
            told = telling_sentence(error)
            raise WorkloadError(
                f"torch {torch.__version__} cannot export this network ({told}): install the version that planner is "
                "tested with, 2.13.0"
            ) from error
    return onnx.load_from_string(buffer.getvalue())


def strip_provenance(model: Any, name: str) -> None:  # noqa: ANN401 - onnx is read as untyped
    """Remove what says where the file was made and not what it computes."""
    model.graph.name = name
    model.ClearField("doc_string")
    model.graph.ClearField("doc_string")
    model.ClearField("metadata_props")
    for node in model.graph.node:
        node.ClearField("doc_string")
        node.ClearField("metadata_props")


def write_model(model: Any, path: Path, *, name: str) -> None:  # noqa: ANN401 - onnx is read as untyped
    """Write a model without its provenance."""
    strip_provenance(model, name)
    path.write_bytes(model.SerializeToString(deterministic=True))
