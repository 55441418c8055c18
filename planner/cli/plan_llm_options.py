"""The options of `planner plan --llm`. Imports nothing heavy."""

import argparse


def add_language_model(parser: argparse.ArgumentParser) -> None:
    """Their group."""
    group = parser.add_argument_group(
        "language model", "which cards hold it, how fast tokens can come at most, what they cost"
    )
    group.add_argument(
        "--llm", metavar="NAME|FILE", help="such as llama-2-13b, or a config.json of Hugging Face's layout"
    )
    group.add_argument(
        "--context",
        type=int,
        metavar="N",
        help="tokens kept free for each open request (default: 2048, or the model's)",
    )
    group.add_argument("--concurrency", type=int, metavar="N", help="requests open at one time (default: 32)")
    group.add_argument(
        "--variants",
        metavar="LIST",
        help="of fp16, bf16, fp8, int8, int8-weight-only, int4-weight-only (default: fp16 and the weight-only two)",
    )
    group.add_argument("--kv", metavar="PRECISION", help="of keys and values: fp16, fp8 or int8 (default: fp16)")
    group.add_argument(
        "--input-tokens", type=int, metavar="N", help="of a question (default: what is left of the context)"
    )
    group.add_argument(
        "--output-tokens", type=int, metavar="N", help="of an answer (default: a quarter of the context)"
    )
    group.add_argument(
        "--cards", metavar="LIST", help="such as t4,l4,a100-sxm4-40 (default: every card that is priced)"
    )
