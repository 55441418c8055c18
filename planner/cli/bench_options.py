"""The options of measuring and judging, which `bench` and `resume` take. Imports nothing heavy."""

import argparse

EXIT_CODES = """exit codes:
  0  accepted and faster        3  unproven, inconclusive or noisy
  1  rejected or slower         4  not INT8, or baseline not as named
  2  usage, bad input, missing  5  a trial failed
  70 a bug in planner           130 interrupted
A candidate's code is the worst over its loads; the run's is its best candidate's
(with --require all: its worst candidate's)."""
BENCH_EXAMPLES = f"""examples:
  planner bench
  planner bench --variants fp32,int8-static:per-channel --runtimes onnxruntime --batch 1,8
  planner bench --variants fp32                      one variant alone is a plain measurement
  planner bench --json > run.json                    for CI; act on the exit code
  planner bench --model mine.onnx --data images/ --calibration calib/ --min-worst-class 0.9
  planner bench --model mine.onnx --candidate my-int8.onnx --data test.npz
  planner bench --workload my-workload.toml --baseline fp16 --budget 5m --junit gate.xml
  planner bench --scenario server --slo p99=20ms     the rate of arrivals that keeps it
  planner bench --scenario single-stream,offline --concurrency 1,2,4 --batch 1,8,32
  planner bench --device gpu:0,cpu                   every runtime for GPUs, beside this CPU
  planner bench --launches 5                         about this machine, not one launch

variants:
  fp32 · bf16 · fp16                where CPU or GPU and runtime have them
  tf32                              tensor cores of GPUs since Ampere; fp32 is strict
  int8-static[:per-tensor|per-channel][,symmetric][,entropy|percentile]
             [,without=NODE…][,without-type=OPERATOR…]      those stay in FP32
  int8-static:symmetric,tensorrt    Q/DQ as TensorRT takes it
  int8-mixed[:keep=N|:without=NODE…]   the N most sensitive layers stay in FP32, or these
  int8-dynamic[:per-tensor|per-channel][,without=NODE…][,without-type=OPERATOR…]
  PyTorch alone: fp32:compile · bf16:compile · int8-dynamic:torchao[,compile]

{EXIT_CODES}"""


def add_measuring(parser: argparse.ArgumentParser) -> None:
    """What is measured, and what it must keep."""
    parser.add_argument("--variants", metavar="LIST", help="comma-separated (default: the workload's own list)")
    parser.add_argument("--runtimes", metavar="LIST", help="comma-separated (default: every runtime that is here)")
    parser.add_argument(
        "--device", metavar="LIST", default="cpu", help="cpu, gpu:N as CUDA counts, or both: gpu:0,cpu (default: cpu)"
    )
    parser.add_argument("--batch", metavar="LIST", help="batch sizes (default: 1,8, or what the model is fixed at)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="threads per variant (default: 1)")
    parser.add_argument(
        "--baseline", default="fp32", metavar="VARIANT", help="what is compared against (default: fp32)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of order and calibration sample (default: 1)")
    parser.add_argument("--affinity", default="auto", metavar="auto|none|CPUS", help="CPUs for timed threads, e.g. 2,3")
    parser.add_argument(
        "--budget", default="20s", metavar="TIME", help="time for the timed blocks, e.g. 45s, 2m (default: 20s)"
    )
    parser.add_argument(
        "--samples", metavar="N|all", default="all", help="judge by a seeded subset of the test data (default: all)"
    )
    parser.add_argument("--out", metavar="DIR", help="write the best accepted artifact there, with its provenance")
    _add_load(parser)
    _add_gate(parser)


def _add_load(parser: argparse.ArgumentParser) -> None:
    load = parser.add_argument_group("how requests arrive")
    load.add_argument(
        "--scenario",
        metavar="LIST",
        help="single-stream, offline (throughput of the whole machine), server (random arrivals; needs --slo); "
        "default: single-stream",
    )
    load.add_argument("--concurrency", metavar="LIST", help="calls that are always in flight, e.g. 1,2,4 (default: 1)")
    load.add_argument(
        "--launches",
        type=int,
        default=1,
        metavar="N",
        help="start every process anew N times; from 5 on, claims are about this machine (default: 1)",
    )
    load.add_argument("--slo", metavar="pQ=TIME", help="what the server promises, e.g. p99=20ms")
    load.add_argument("--max-batch", type=int, metavar="N", help="requests that the server joins at most (default: 1)")
    load.add_argument("--max-delay", metavar="TIME", help="how long it waits for them, e.g. 2ms (default: 0ms)")
    load.add_argument("--server-budget", metavar="TIME", help="time to look for each variant's rate (default: 2m)")
    load.add_argument("--instances", type=int, metavar="N", help="copies of the model that serve (default: 1)")


def _add_gate(parser: argparse.ArgumentParser) -> None:
    gate = parser.add_argument_group("quality gate")
    gate.add_argument(
        "--max-relative-loss",
        type=float,
        metavar="SHARE",
        help="of overall accuracy (default: the workload's, else 0.01)",
    )
    gate.add_argument(
        "--max-class-drop",
        type=float,
        metavar="SHARE",
        help="of any class's recall (default: the workload's, else 0.03)",
    )
    gate.add_argument(
        "--min-worst-class",
        type=float,
        metavar="SHARE",
        help="recall that every class must reach (default: the workload's)",
    )
    gate.add_argument(
        "--gate", choices=("interval", "point"), default="interval", help="judge intervals, or points alone"
    )


def add_running(parser: argparse.ArgumentParser) -> None:
    """How a run is carried out and told."""
    running = parser.add_argument_group("running")
    running.add_argument("--json", action="store_true", help="print the run as JSON (see `planner schema`)")
    running.add_argument(
        "--require", choices=("best", "all"), default="best", help="whose verdict decides the exit code"
    )
    running.add_argument(
        "--exit-zero", action="store_true", help="exit 0 when the run completed, whatever the verdicts"
    )
    running.add_argument("--junit", metavar="FILE", help="write the verdicts there as JUnit XML, for build servers")
    running.add_argument("--wait", metavar="TIME", default="0s", help="wait so long for another run on this host")
    running.add_argument("--quiet", action="store_true", help="no progress on standard error")
    running.add_argument(
        "--events", action="store_true", help="tell the run as it happens, one JSON line an event, instead of a table"
    )
    running.add_argument("--observer", choices=("headless", "tui"), default="headless", help=argparse.SUPPRESS)
