"""TensorRT 10.12 and newer, 11, and TensorRT-RTX behind one class, told apart by the name of their module.

INT8 is explicit Q/DQ in the ONNX file and nothing else: TensorRT 11 has no calibrators, and neither have we. Every
network is strongly typed, so that the file says what each layer computes in. Building needs no GPU with TensorRT-RTX;
opening an engine always needs a driver, and is refused without one before the library is touched.
"""

from harness.runtimes.tensorrt.runtime import TensorRt, TensorRtRtx

__all__ = ["TensorRt", "TensorRtRtx"]
