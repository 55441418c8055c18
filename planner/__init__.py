"""Composes measuring and costing behind a command line and a terminal app."""
