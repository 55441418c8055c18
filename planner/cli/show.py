"""`planner show` and `planner schema`: one stored run, as text or as JSON."""

import argparse

from planner.cli import output
from planner.drawing.run_details import details
from planner.drawing.run_view import story
from planner.services.run_document import document_of, json_schema
from planner.services.selftests import selftest_behind
from planner.settings import database_address
from planner.store.repository import Store


def show(options: argparse.Namespace) -> int:
    """Show a run with every reason and every figure but the raw samples."""
    address = database_address(options.db)
    with Store.open_existing(address) as store:
        run = store.load(store.resolve(options.run))
        document = document_of(run, selftest=selftest_behind(store, run))
    if options.json:
        output.show_json(document)
    else:
        output.show(*story(document, database=address, width=output.width()), *details(document))
    return 0


def schema(_options: argparse.Namespace) -> int:
    """Print the JSON Schema of a run."""
    output.show_json(json_schema())
    return 0
