"""Comparisons with other tools, each on the same machine in one run: `python -m benchmarks --list`.

They use planner and its harness as anybody would, and measure no copy of it. Peers live in environments of
their own under this folder; one that is absent is named in the result, and nothing is put in its place.
"""
