"""The options of `planner quantize`. Imports nothing heavy."""

import argparse

from planner.cli.file_options import add_files

QUANTIZE_EXAMPLES = """examples:
  planner quantize --model mine.onnx --calibration calib/ --out int8/
  planner quantize --model mine.onnx --recipe int8-static:symmetric,entropy --calibration calib/ \\
                   --out int8/
  planner quantize --model bert.onnx --recipe int8-dynamic --out int8/     needs no data

recipes:
  int8-static[:per-tensor|per-channel][,symmetric][,entropy|percentile]
             [,without=NODE…][,without-type=OPERATOR…]      those stay in FP32
  int8-static:symmetric,tensorrt                            Q/DQ as TensorRT takes it
  int8-mixed:without=NODE…
  int8-dynamic[:per-tensor|per-channel][,without=NODE…][,without-type=OPERATOR…]
  int8-dynamic:torchao                                      of a PyTorch module

exit codes: 0 made · 2 usage, bad input, missing · 5 a recipe failed · 130 interrupted"""


def add_quantize(parser: argparse.ArgumentParser) -> None:
    """What to make, of what, and where to."""
    parser.add_argument("--workload", metavar="NAME|FILE", help="a built-in workload, or a workload.toml or its folder")
    add_files(parser)
    parser.add_argument(
        "--recipe",
        metavar="VARIANT",
        action="append",
        default=[],
        help="what to make (default: int8-static:per-channel); may be repeated",
    )
    parser.add_argument(
        "--runtime", metavar="NAME", help="for it (default: onnxruntime, or torch for a PyTorch module)"
    )
    parser.add_argument("--samples", type=int, default=256, metavar="N", help="calibration samples (default: 256)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the calibration sample (default: 1)")
    parser.add_argument("--out", metavar="DIR", required=True, help="where to write: empty, or not there yet")
    parser.add_argument("--overwrite", action="store_true", help="replace files of the same names there")
    parser.add_argument("--json", action="store_true", help="print what was made as JSON")
    parser.add_argument("--wait", metavar="TIME", default="0s", help="wait so long for a run on this host")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
