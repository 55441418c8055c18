"""Fleets against one another: cost now, cost after, the saving and what it is owed to. Import the modules."""
