"""Opens the app on this terminal."""

import argparse

from planner.settings import database_address
from planner.tui.app import PlannerApp
from planner.tui.place import Place
from planner.tui.remembering import memory_file, recall


def open_app(options: argparse.Namespace) -> int:
    """Run the app until it is left."""
    file = memory_file()
    app = PlannerApp(Place(address=database_address(options.db), memory=recall(file)), memory_file=file)
    code = app.run()
    return app.return_code or code or 0
