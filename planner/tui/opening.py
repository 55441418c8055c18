"""Opens the app on this terminal, and ends with its exit code."""

import argparse
import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from planner.settings import database_address
from planner.tui.app import PlannerApp
from planner.tui.ending import leave_threads, signals_handled, writing_watched
from planner.tui.keys_first import keys_first
from planner.tui.place import Place
from planner.tui.remembering import memory_file, recall


class _Threads(ThreadPoolExecutor):
    """Those that read for the app: its end does not wait for them."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - its signature
        super().shutdown(wait=False, cancel_futures=True)


def open_app(options: argparse.Namespace) -> int:
    """Run the app until it is left, or until something ends it."""
    if not os.environ.get("NO_COLOR", "unset"):
        del os.environ["NO_COLOR"]  # an empty one means nothing (https://no-color.org), but not to Textual
    file = memory_file()
    app = PlannerApp(Place(address=database_address(options.db), memory=recall(file)), memory_file=file)
    with keys_first(), asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.set_default_executor(_Threads(thread_name_prefix="planner"))
        with signals_handled(loop, app.end_by), writing_watched(app.end_without_terminal):
            runner.run(_run(app))
    code = app.return_code or 0
    if app.last_words:
        sys.stderr.write(f"planner: {app.last_words}\n")
    leave_threads(code)
    return code


async def _run(app: PlannerApp) -> None:
    """Run it; a run that was cancelled on leaving has time to store what it has."""
    await app.run_async()
    ending = asyncio.all_tasks() - {asyncio.current_task()}
    if ending:
        sys.stderr.write("storing what was measured …\n")
        await asyncio.wait(ending)
