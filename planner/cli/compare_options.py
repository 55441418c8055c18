"""The options of `planner compare`. Imports nothing heavy."""

import argparse

COMPARE_EXAMPLES = """\
examples:
  planner compare 3f9a 81bc
  planner compare 3f9a                                  with the latest run like it
  planner compare 3f9a --published                      beside others' figures
  planner compare 3f9a --published --model resnet50     a model that was brought
  planner compare 3f9a --published --claims mine.toml   claims of one's own
"""


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Add everything that `compare` takes."""
    parser.add_argument("run", metavar="RUN", help="a run, by the start of its name")
    parser.add_argument(
        "other", metavar="RUN", nargs="?", default=None, help="the other run (default: the latest like it)"
    )
    parser.add_argument(
        "--published",
        action="store_true",
        help="lay RUN alone beside published figures of its model and the sources' claims",
    )
    parser.add_argument(
        "--model", metavar="NAME", help="with --published: the known model that RUN is of, such as resnet50"
    )
    parser.add_argument(
        "--claims", metavar="FILE", help="with --published: claims of your own (default: the article's)"
    )
    parser.add_argument("--json", action="store_true", help="print as JSON")
