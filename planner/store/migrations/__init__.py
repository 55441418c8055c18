"""How older databases become new ones: Alembic revisions, run by `planner.store.schema`."""
