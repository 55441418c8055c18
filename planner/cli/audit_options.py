"""The options of `planner audit`. Imports nothing heavy."""

import argparse

from planner.cli.file_options import add_files

AUDIT_EXAMPLES = """examples:
  planner audit calibration
  planner audit calibration --workload my-workload.toml --draws 5
  planner audit calibration --model mine.onnx --data images/ --calibration calib/
  planner audit calibration --draws 0 --json > audit.json     without quantising anything

Signs: ✓ looked at and fine · ~ not checked · ! a warning · ✗ serious. `bench` makes the quick
checks too; where one is serious, no candidate that was calibrated is accepted.

exit codes:
  0  fine, or warnings at most    2  usage, bad input, missing
  1  a finding is serious         70 a bug in planner · 130 interrupted"""


def add_audit(parser: argparse.ArgumentParser) -> None:
    """What to audit, and how it would be quantised."""
    parser.add_argument("subject", choices=("calibration",), metavar="calibration", help="what to audit")
    parser.add_argument("--workload", metavar="NAME|FILE", help="a built-in workload, or a workload.toml or its folder")
    parser.add_argument("--samples", type=int, metavar="N", help="samples a recipe takes (default: as bench)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the draw, as with bench (default: 1)")
    parser.add_argument("--draws", type=int, default=3, metavar="N", help="quantise anew N times (default: 3; 0: not)")
    parser.add_argument("--recipe", default="int8-static:per-channel", metavar="VARIANT", help="what to quantise to")
    parser.add_argument(
        "--runtime", metavar="NAME", help="for it (default: onnxruntime, or torch for a PyTorch module)"
    )
    add_files(parser)
    parser.add_argument("--json", action="store_true", help="print as JSON")
    parser.add_argument("--wait", metavar="TIME", default="0s", help="wait so long for a run on this host")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
