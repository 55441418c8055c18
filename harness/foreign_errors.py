"""What another library's exception says, as one sentence for a message of ours.

C++ libraries wrap it into places of their source code, checks and headings; an interpreter inside of a library
prints a whole traceback. The sentence in there is what a user can act on; the rest would fill a screen.
"""

import re

LONGEST_SENTENCE = 300
_WRAPPING = re.compile(
    r"Exception from \S+:\d+:"  # OpenVINO: `Exception from src/inference/src/cpp/core.cpp:84:`
    r"|(?:While validating .*?: )?Check '.*?' failed at \S+:\d+:"
    r"|FrontEnd API failed with \w+:"
    r"|\[ONNXRuntimeError\] : \d+ : [A-Z_]+ :"
    r"|[\w./+-]+\.(?:cc|cpp|h|hpp):\d+:?(?= )"  # ONNX Runtime: `…/graph/model.cc:256 onnxruntime::Model::Model(…) …`
    r"|(?:\w+ )?onnxruntime::[\w:]+\(.*?\)(?: const)?(?= [A-Z])"
)
_TRACEBACK = re.compile(r"Traceback\b.*:$")
_SUMMARY = "Summary:"
_BULLET = re.compile(r"^(?:--|[-*])\s+")


def telling_sentence(error: BaseException) -> str:
    """The one line of an exception's text that says what is wrong; its kind where it says nothing."""
    lines = [line for line in (_unwrapped(one) for one in str(error).splitlines()) if line]
    if _SUMMARY in lines[:-1]:
        lines = lines[lines.index(_SUMMARY) + 1 :]
    if any(_TRACEBACK.match(line) for line in lines):  # its last line is the exception that it led to
        lines = lines[-1:]
    told = next((line for line in lines if not line.endswith(":")), lines[0] if lines else type(error).__name__)
    return told if len(told) <= LONGEST_SENTENCE else f"{told[: LONGEST_SENTENCE - 1]}…"


def _unwrapped(line: str) -> str:
    return _BULLET.sub("", " ".join(_WRAPPING.sub(" ", line).split()))
