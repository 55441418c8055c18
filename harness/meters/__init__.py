"""What the machine tells about a trial: memory, foreign load, CPU time, switches, energy.

One instrument per module. None of them guesses: what this machine does not tell is `None`,
or an `Unavailable` that says why, and never zero.
"""
