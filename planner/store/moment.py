"""How points in time are kept."""

from datetime import UTC, datetime

from sqlalchemy import Dialect, String, TypeDecorator

from planner.errors import StoreError


class Moment(TypeDecorator[datetime]):
    """A point in time as ISO 8601 text in UTC: readable in any tool, and sorts as it reads."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Write the moment with microseconds, so that all texts have one length."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Read it back, aware of its zone.

        Raises:
            StoreError: if it is none.
        """
        if value is None:
            return None
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise StoreError(
                f"the database is damaged: {value[:40]!r} stands for a moment; restore it from a backup"
            ) from error
