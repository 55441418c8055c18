"""Builds reports from plans and the runs that they rest on."""
