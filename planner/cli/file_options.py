"""The options by which a user brings a model and data of their own. Imports nothing heavy."""

import argparse


def add_files(parser: argparse.ArgumentParser) -> None:
    """Options that name files; every command that takes them reads them with `planner.cli.brought`."""
    files = parser.add_argument_group(
        "your own model and data",
        "alone they make a workload; with --workload they take the place of its own",
    )
    files.add_argument(
        "--model",
        metavar="FILE|MODULE:FUNCTION",
        help="an ONNX file, or the function that makes a PyTorch module: that code is run",
    )
    files.add_argument(
        "--data",
        metavar="PATH",
        help="labelled test data: .npz (inputs, labels), a folder with a sub-folder of images a class, .csv or .jsonl",
    )
    files.add_argument(
        "--calibration", metavar="PATH", help="data to quantise with (default: a seeded part of the test data)"
    )
    files.add_argument(
        "--candidate",
        metavar="[VARIANT=]FILE",
        action="append",
        default=[],
        help="judge a model made elsewhere, as int8-static or as VARIANT; may be repeated",
    )
    files.add_argument(
        "--preprocess",
        metavar="PRESET[:SIZE]",
        help="imagenet, inception, unit (x/255), raw (0 to 255) or tokens; e.g. imagenet:224 (default: guessed)",
    )
    files.add_argument("--classes", metavar="FILE", help="names of the classes in the model's order, one a line")
    files.add_argument("--tokenizer", metavar="FILE", help="the model's tokenizer.json, for texts")
    files.add_argument("--output", metavar="NAME", help="the model's output that is judged (default: the first)")
