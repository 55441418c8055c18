"""Runs told as the screens tell them: a document with what a test records, and its text at a width."""

from collections.abc import Callable, Iterable
from io import StringIO

from helpers.runs import create_run
from helpers.stores import passing_store
from rich.console import Console, RenderableType

from harness.vocabulary import RunState
from planner.drawing.run_details import details
from planner.drawing.run_view import story
from planner.services.run_document import RunDocument, document_of
from planner.store import Store

Record = Callable[[Store, str], None]


def document(record: Record, **plan_fields: object) -> RunDocument:
    """A completed run with what `record` puts into it."""
    with passing_store() as store:
        run_id = create_run(store, **plan_fields)
        record(store, run_id)
        store.finish(run_id, RunState.COMPLETED, 0)
        return document_of(store.load(run_id))


def told(document: RunDocument, width: int = 140) -> str:
    """The story as text."""
    return _text(story(document, database="results.db", width=width), width)


def in_full(document: RunDocument, width: int = 140) -> str:
    """What `show` tells beyond the story, as text."""
    return _text(details(document), width)


def flowing(text: str) -> str:
    """Without the breaks between lines."""
    return " ".join(text.split())


def _text(parts: Iterable[RenderableType], width: int) -> str:
    console = Console(width=width, file=StringIO(), color_system=None)
    for part in parts:
        console.print(part)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()
