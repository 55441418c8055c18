"""The one sentence out of what other libraries raise, whose own texts fill a screen."""

import pytest

from harness.foreign_errors import LONGEST_SENTENCE, telling_sentence

_OPENVINO_OPERATORS = """Exception from src/inference/src/cpp/core.cpp:84:
Check 'false' failed at src/frontends/common_translators/src/unconverted_ops_report.cpp:151:
FrontEnd API failed with OpConversionFailure:
Model wasn't fully converted. Failed operations detailed log:
-- Conv-17 with a message:
While validating ONNX node '<Node(Conv): c>': Check 'rank().is_static()' failed at src/frontends/onnx/conv.cpp:38:
FrontEnd API failed with GeneralFailure:
The input data tensor's rank has to be known (static)

Summary:
-- No conversion rule found for operations: com.acme.MyNorm
-- Conversion is failed for: Conv-17
"""
_OPENVINO_SHAPE = """Exception from src/inference/src/cpp/infer_request.cpp:75:
Check 'shape.compatible(ov::PartialShape(tensor->get_shape()))' failed at src/plugins/intel_cpu/src/infer_request.cpp:9:
Can't set the input tensor with index: 0
"""
_ONNX_RUNTIME = (
    "[ONNXRuntimeError] : 1 : FAIL : Load model from a.onnx failed:/x/core/graph/model.cc:256 "
    "onnxruntime::Model::Model(onnx::ModelProto&&, const PathString&) Unsupported model IR version: 15"
)
_STATE = "Error(s) in loading state_dict for Net:\n\tMissing key(s): a.\n\tUnexpected key(s): b."
_TORCHSCRIPT = """The following operation failed in the TorchScript interpreter.
Traceback of TorchScript (most recent call last):
  File "linear.py", line 134, in forward
        return F.linear(input, self.weight, self.bias)
               ~~~~~~~~ <--- HERE
RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x4 and 3x4)
"""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (_OPENVINO_OPERATORS, "No conversion rule found for operations: com.acme.MyNorm"),
        (_OPENVINO_SHAPE, "Can't set the input tensor with index: 0"),
        (_TORCHSCRIPT, "RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x4 and 3x4)"),
        (_ONNX_RUNTIME, "Load model from a.onnx failed: Unsupported model IR version: 15"),
        (
            "Error(s) in loading state_dict for Net:\n\tMissing key(s): a.\n\tUnexpected key(s): b.",
            "Missing key(s): a.",
        ),
        ("one line", "one line"),
        ("a heading alone:", "a heading alone:"),
        ("", "ValueError"),
        ("\n \n", "ValueError"),
    ],
)
def test_a_screen_of_text_becomes_the_sentence_that_says_what_is_wrong(text: str, sentence: str) -> None:
    assert telling_sentence(ValueError(text)) == sentence


def test_a_sentence_without_end_is_cut() -> None:
    told = telling_sentence(ValueError("word " * 1000))

    assert len(told) == LONGEST_SENTENCE
    assert told.endswith("…")
