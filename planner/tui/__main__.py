"""`python -m planner.tui`: the app without asking for a terminal first, as `planner serve` starts it for a browser.

The database is that of `PLANNER_DB`: its address may hold a password, and a command line can be read by everybody.
"""

import argparse
import sys

from planner.tui.opening import open_app

if __name__ == "__main__":
    sys.exit(open_app(argparse.Namespace(db=None)))
