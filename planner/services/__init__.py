"""Use cases: what the command line and the terminal app both offer. Prints nothing, draws nothing."""
