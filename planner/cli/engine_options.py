"""The options of `planner engine`. Imports nothing heavy."""

import argparse

ENGINE_EXAMPLES = """examples:
  planner engine build model.onnx --target sm_80 --precision fp16
  planner engine build model.onnx --target sm_89 --precision int8 --calibration calib/
  planner engine build model.onnx --target sm_75 --candidate int8.onnx --rest fp16
  planner engine build bert.onnx --target sm_80 --batch 1,8 --shape ids=128 --shape mask=128

targets: sm_75 (T4) · sm_80 (A100) · sm_86 (A10) · sm_89 (L4, L40S) · sm_120; with
  --module tensorrt only the GPU at hand
every network is strongly typed: what a layer computes in stands in the ONNX file, so that
  fp16 and bf16 retype it, int8 needs Q/DQ nodes, and fp32 is built with TF32 cleared

exit codes: 0 built, as named · 2 usage, bad input, missing, refused by TensorRT (in its
  words) · 3 built, the builder does not tell its precision · 4 built, but not in the
  precision of its name · 70 our bug · 130 interrupted"""


def add_engine(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`planner engine build`."""
    raw = argparse.RawDescriptionHelpFormatter
    summary = "build TensorRT engines, also for GPUs that are not here, with the precision of every layer"
    described = f"{summary[0].upper()}{summary[1:]}."
    engine = commands.add_parser(
        "engine", help=summary, description=described, epilog=ENGINE_EXAMPLES, formatter_class=raw
    )
    actions = engine.add_subparsers(dest="action", metavar="ACTION", required=True)
    build = actions.add_parser(
        "build",
        help="build an engine of an ONNX file",
        description="Build an engine of an ONNX file, with its provenance beside it.",
        epilog=ENGINE_EXAMPLES,
        formatter_class=raw,
    )
    build.set_defaults(handler="planner.cli.engine:build")
    build.add_argument("model", metavar="MODEL", help="an ONNX file in FP32; with --precision int8 also one with Q/DQ")
    _add_what(build)
    _add_int8(build)
    _add_output(build)


def _add_what(build: argparse.ArgumentParser) -> None:
    build.add_argument("--target", metavar="SM", help="compute capability, e.g. sm_80 (default: the GPU at hand)")
    build.add_argument(
        "--precision",
        choices=("int8", "fp16", "bf16", "fp32", "tf32"),
        help="(default: fp32; int8 with --calibration or --candidate)",
    )
    build.add_argument(
        "--batch", default="1", metavar="N[,N]", help="batch sizes, each with a profile of its own (default: 1)"
    )
    build.add_argument(
        "--shape",
        metavar="INPUT=AxB",
        action="append",
        default=[],
        help="sizes behind the batch, of an input that leaves them free; may be repeated",
    )
    build.add_argument(
        "--workspace", default="4GiB", metavar="SIZE", help="memory that a kernel may work in (default: 4GiB)"
    )
    build.add_argument(
        "--module",
        choices=("tensorrt_rtx", "tensorrt"),
        default="tensorrt_rtx",
        help="tensorrt_rtx builds without a GPU; tensorrt times kernels on the GPU at hand (default: tensorrt_rtx)",
    )


def _add_int8(build: argparse.ArgumentParser) -> None:
    group = build.add_argument_group("int8", "from calibration data, or a file that was quantised elsewhere")
    group.add_argument("--calibration", metavar="PATH", help="data to quantise with, as planner quantize takes it")
    group.add_argument("--preprocess", metavar="PRESET[:SIZE]", help="of that data, e.g. imagenet:224")
    group.add_argument("--tokenizer", metavar="FILE", help="the model's tokenizer.json, for texts")
    group.add_argument("--samples", type=int, default=256, metavar="N", help="calibration samples (default: 256)")
    group.add_argument("--candidate", metavar="FILE", help="build this Q/DQ file instead of MODEL")
    group.add_argument(
        "--rest",
        choices=("fp32", "fp16", "bf16"),
        default="fp32",
        help="what layers between INT8 ones compute in (default: fp32)",
    )


def _add_output(build: argparse.ArgumentParser) -> None:
    build.add_argument(
        "--out", metavar="FILE", help="the engine's file (default: MODEL.PRECISION.SM.engine in this folder)"
    )
    build.add_argument("--json", action="store_true", help="print the report as JSON")
    build.add_argument("--wait", metavar="TIME", default="0s", help="wait so long for a run on this host")
    build.add_argument("--quiet", action="store_true", help="no progress on standard error")
