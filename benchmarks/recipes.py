"""INT8 models as other tools make them by default: `python -m benchmarks.recipes NAME FOLDER OUT`, a process each.

FOLDER holds `model.onnx` and arrays: `calibration.npy`, and `search.npy` with `labels.npy` for the recipe that looks at
accuracy. Nothing is tuned: every option that is not a matter of taste has the tool's default.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ORT_RECIPES = ("ort-default", "ort-per-channel", "ort-entropy", "ort-percentile", "nncf-onnx")
OPENVINO_RECIPES = ("nncf-openvino", "nncf-accuracy-control")
_INPUT = "image"


class _Reader:
    """Calibration samples as ONNX Runtime's quantizer takes them, one at a time."""

    def __init__(self, samples: Any) -> None:  # noqa: ANN401 - an array of the peer's choosing
        self._samples: Iterator[Any] = iter(samples)

    def get_next(self) -> dict[str, Any] | None:
        """The next sample, or `None` at the end."""
        sample = next(self._samples, None)
        return None if sample is None else {_INPUT: sample[None]}


def by_onnxruntime(folder: Path, out: Path, *, is_per_channel: bool, method: str) -> None:
    """`quant_pre_process`, then `quantize_static` in its default Q/DQ form."""
    from onnxruntime import quantization as ort  # noqa: PLC0415 - an extra
    from onnxruntime.quantization.shape_inference import quant_pre_process  # noqa: PLC0415 - an extra

    ready = out.with_suffix(".ready.onnx")
    quant_pre_process(str(folder / "model.onnx"), str(ready))
    ort.quantize_static(
        str(ready),
        str(out),
        _Reader(np.load(folder / "calibration.npy")),
        per_channel=is_per_channel,
        calibrate_method=getattr(ort.CalibrationMethod, method),
    )
    ready.unlink()


def by_nncf_on_onnx(folder: Path, out: Path) -> None:
    """`nncf.quantize` of the ONNX model."""
    import nncf  # noqa: PLC0415 - an extra
    import onnx  # noqa: PLC0415 - an extra

    data = nncf.Dataset(np.load(folder / "calibration.npy"), lambda sample: {_INPUT: sample[None]})
    onnx.save(nncf.quantize(onnx.load(str(folder / "model.onnx")), data), str(out))


def by_nncf_on_openvino(folder: Path, out: Path) -> None:
    """`nncf.quantize` of the model as OpenVINO reads it."""
    import nncf  # noqa: PLC0415 - an extra
    import openvino as ov  # noqa: PLC0415 - an extra

    data = nncf.Dataset(np.load(folder / "calibration.npy"), lambda sample: sample[None])
    ov.save_model(nncf.quantize(ov.Core().read_model(str(folder / "model.onnx")), data), str(out))


def by_nncf_with_accuracy_control(folder: Path, out: Path) -> None:
    """`nncf.quantize_with_accuracy_control`, with accuracy on the search split and the default drop of 0.01."""
    import nncf  # noqa: PLC0415 - an extra
    import openvino as ov  # noqa: PLC0415 - an extra

    labels = np.load(folder / "labels.npy")
    calibration = nncf.Dataset(np.load(folder / "calibration.npy"), lambda sample: sample[None])
    validation = nncf.Dataset(
        list(zip(np.load(folder / "search.npy"), labels, strict=True)), lambda pair: pair[0][None]
    )

    def accuracy(compiled: Any, pairs: Any) -> tuple[float, None]:  # noqa: ANN401 - NNCF's own types
        right = [int(np.argmax(compiled(sample[None])[0])) == label for sample, label in pairs]
        return float(np.mean(right)), None

    found = nncf.quantize_with_accuracy_control(
        ov.Core().read_model(str(folder / "model.onnx")),
        calibration_dataset=calibration,
        validation_dataset=validation,
        validation_fn=accuracy,
    )
    ov.save_model(found, str(out))


MAKERS: dict[str, Callable[[Path, Path], None]] = {
    "ort-default": lambda folder, out: by_onnxruntime(folder, out, is_per_channel=False, method="MinMax"),
    "ort-per-channel": lambda folder, out: by_onnxruntime(folder, out, is_per_channel=True, method="MinMax"),
    "ort-entropy": lambda folder, out: by_onnxruntime(folder, out, is_per_channel=False, method="Entropy"),
    "ort-percentile": lambda folder, out: by_onnxruntime(folder, out, is_per_channel=False, method="Percentile"),
    "nncf-onnx": by_nncf_on_onnx,
    "nncf-openvino": by_nncf_on_openvino,
    "nncf-accuracy-control": by_nncf_with_accuracy_control,
}


def main() -> int:
    """Make one."""
    name, folder, out = sys.argv[1:4]
    MAKERS[name](Path(folder), Path(out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
