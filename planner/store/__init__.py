"""Keeps every run with its evidence. The only package that touches SQLAlchemy."""

from planner.store.records import (
    ArmRecord,
    ArtifactRecord,
    Headline,
    ProofRecord,
    QualityComparisonRecord,
    RunSummary,
    StoredRun,
)
from planner.store.repository import Store
from planner.store.schema import Migration

__all__ = [
    "ArmRecord",
    "ArtifactRecord",
    "Headline",
    "Migration",
    "ProofRecord",
    "QualityComparisonRecord",
    "RunSummary",
    "Store",
    "StoredRun",
]
