"""A machine with nothing installed but planner itself: every runtime says why it is not here and what to type."""

import json
import os
import subprocess
import sys
from pathlib import Path

_BARE = """
import json, sys
BLOCKED = {"onnx", "onnxruntime", "openvino", "nncf", "torch", "torchao", "transformers", "tensorrt", "tensorrt_rtx",
           "pynvml", "cuda", "pycuda", "triton"}
sys.meta_path[:] = [
    type("Finder", (), {"find_spec": staticmethod(
        lambda name, path=None, target=None, one=one: None if name.partition(".")[0] in BLOCKED
        else one.find_spec(name, path, target)
    )}) if hasattr(one, "find_spec") else one
    for one in sys.meta_path
]
from harness.runtimes import registry
from harness.vocabulary import DeviceKind
from harness.devices import nvidia_devices
told = {name: [registry.probe(name), *(registry.probe_on(name, kind) for kind in DeviceKind)]
        for name in registry.runtime_names()}
answers = {name: [[one.is_available, one.reason, one.hint] for one in found] for name, found in told.items()}
gpus = nvidia_devices()
loaded = sorted(BLOCKED & {name.partition(".")[0] for name in sys.modules})
sys.argv = ["planner", "doctor"]
from planner.__main__ import main
try:
    code = main()
except SystemExit as ended:
    code = ended.code
print(json.dumps([answers, [gpus.reason, gpus.hint], loaded, int(code)]))
"""


def test_every_runtime_says_why_it_is_not_here_and_doctor_ends_with_2(tmp_path: Path) -> None:
    folders = {f"PLANNER_{name}": str(tmp_path / name.lower()) for name in ("CACHE", "STATE", "HOST_LOCK", "DB")}
    answer = subprocess.run(
        [sys.executable, "-c", _BARE], capture_output=True, text=True, check=False, env={**os.environ, **folders}
    )

    assert answer.returncode == 0, answer.stderr
    screen, _, last = answer.stdout.strip().rpartition("\n")
    runtimes, gpus, loaded, code = json.loads(last)
    assert runtimes.keys() >= {"onnxruntime", "openvino", "torch", "tensorrt", "tensorrt-rtx"}
    for name, answers in runtimes.items():
        for is_available, reason, hint in answers:
            assert not is_available
            assert "is not installed" in reason, name
            assert hint.startswith("pip install "), name
    assert gpus == ["NVML: the Python package nvidia-ml-py is not installed", "pip install nvidia-ml-py"]
    assert loaded == []
    assert code == 2
    assert "no runtime is here to measure with" in screen
    assert "Traceback" not in answer.stderr + answer.stdout
