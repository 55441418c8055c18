"""What all tables share: names, types, and how a row hangs on its run, its arm or its pair of arms."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Double, ForeignKeyConstraint, LargeBinary, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from planner.store.moment import Moment

VERSION_TABLE = "planner_schema_version"
"""Not Alembic's default name: a shared PostgreSQL may hold another application's `alembic_version`."""

RUN_ID = String(8)
_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Binds the tables together and maps Python types to columns."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map: ClassVar = {int: BigInteger, float: Double, str: Text, bytes: LargeBinary, datetime: Moment}


class OfRun:
    """A row that belongs to a run."""

    run_id: Mapped[str] = mapped_column(RUN_ID, primary_key=True, sort_order=-2)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[ForeignKeyConstraint, ...]:
        return (ForeignKeyConstraint(("run_id",), ("runs.run_id",), ondelete="CASCADE"),)


class OfArm:
    """A row that belongs to an arm of a run."""

    run_id: Mapped[str] = mapped_column(RUN_ID, primary_key=True, sort_order=-2)
    arm: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[ForeignKeyConstraint, ...]:
        return (_arm_key("arm"),)


class OfPair:
    """A row about a candidate, which is an arm of the run, and what it is compared with."""

    run_id: Mapped[str] = mapped_column(RUN_ID, primary_key=True, sort_order=-3)
    candidate: Mapped[str] = mapped_column(primary_key=True, sort_order=-2)
    baseline: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[ForeignKeyConstraint, ...]:
        return (_arm_key("candidate"),)


def _arm_key(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(("run_id", column), ("arms.run_id", "arms.name"), ondelete="CASCADE")
