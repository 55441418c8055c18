"""Measures: models, runtimes, devices and clocks. Knows no SQL, no prices and no user interface."""
