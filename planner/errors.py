"""What can go wrong in the application, as one family.

Every message says what happened, to what, and what to do next. Errors of other
libraries are translated into these at the border, with `raise … from`.
"""


class PlannerError(Exception):
    """The base of everything this package raises on purpose."""


class StoreError(PlannerError):
    """A database that cannot be opened, read or written as asked."""


class NewerSchemaError(StoreError):
    """A database that a newer planner wrote: left exactly as it was."""


class RunNotFoundError(StoreError):
    """A run that the database does not hold."""


class ArchiveError(StoreError):
    """An archive of runs that cannot be written, or that is refused on reading."""


class ReportError(PlannerError):
    """A report that cannot be drawn, or not be written where it should be: what was there is as it was."""


class PlaceTakenError(ReportError):
    """A folder that holds files of these names already. `what`: which, without what to do on a command line."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: --force replaces what is there, --out names another folder")
        self.what = what
