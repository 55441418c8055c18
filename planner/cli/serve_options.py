"""The command line of `planner serve`. Imports nothing heavy."""

import argparse

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8000

_EXAMPLES = """examples:
  planner serve                        http://127.0.0.1:8000
  planner --db team.db serve --port 8123
  ssh -L 8000:127.0.0.1:8000 HOST planner serve      from another machine, through ssh

There is no login: whoever can open the page can do all that you can do in the app, also start runs
and write files. So it is this machine's alone, unless you say that you know. Needs the extra
package: pip install 'planner[serve]'

exit codes:
  0  ended with Ctrl-C     2  usage, the extra is missing, or the address cannot be had
  70 a bug in planner"""


def add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `serve`: the app in a browser."""
    summary = "show the app in a browser, on this machine alone"
    parser = commands.add_parser(
        "serve",
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.serve:serve")
    parser.add_argument("--host", metavar="HOST", default=DEFAULT_HOST, help=f"the address (default: {DEFAULT_HOST})")
    parser.add_argument(
        "--port",
        metavar="PORT",
        type=int,
        default=DEFAULT_PORT,
        help=f"the port (default: {DEFAULT_PORT}; 0: any that is free)",
    )
    parser.add_argument(
        "--i-know-it-has-no-login",
        dest="knows_no_login",
        action="store_true",
        help="let other machines in: anybody who reaches HOST can use the app as you",
    )
