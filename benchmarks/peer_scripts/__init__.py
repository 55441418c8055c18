"""Scripts that run in the environments of other tools, by their Pythons: see `benchmarks.peers`."""
