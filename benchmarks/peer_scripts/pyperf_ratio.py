"""pyperf's own way to a ratio: `timeit` of each side with its defaults, then `compare_to`.

Argument: models (two), samples, input, folder, is_fast.
"""

import json
import re
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

_SETUP = """
import numpy as np, onnxruntime as ort
o = ort.SessionOptions(); o.intra_op_num_threads = 1; o.inter_op_num_threads = 1
s = ort.InferenceSession({model!r}, o, providers=['CPUExecutionProvider'])
x = {{{input!r}: np.load({samples!r})}}
"""


def main():
    """Both sides, then the comparison."""
    asked = json.loads(sys.argv[1])
    began = time.monotonic()
    files = []
    for place, model in enumerate(asked["models"]):
        files.append(str(Path(asked["folder"]) / f"{place}.json"))
        setup = _SETUP.format(model=model, input=asked["input"], samples=asked["samples"])
        command = [sys.executable, "-m", "pyperf", "timeit", "--quiet", "--copy-env", "-o", files[-1], "-s", setup]
        fast = ["--fast"] if asked["is_fast"] else []
        _said_by([*command, *fast, "s.run(None, x)"])
    compare = [sys.executable, "-m", "pyperf", "compare_to", *files]
    told = _said_by(compare)
    wall_s = time.monotonic() - began
    ratio = re.search(r"([\d.]+)x (faster|slower)", told)
    value = float(ratio.group(1)) if ratio else 1.0
    versions = {"pyperf": metadata.version("pyperf"), "peer onnxruntime": metadata.version("onnxruntime")}
    figures = {"wall_s": wall_s, "speed_up": value if ratio is None or ratio.group(2) == "faster" else 1 / value}
    print(json.dumps({**figures, "said": told.strip()[:200], "versions": versions}))


def _said_by(command):
    """Its standard output; a failure ends this script with its last words."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        *_, said = ["nothing", *done.stderr.strip().splitlines()]
        sys.exit(f"pyperf {command[3]} ended with {done.returncode}; it says: {said}")
    return done.stdout


main()
