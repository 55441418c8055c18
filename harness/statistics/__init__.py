"""Statistics of paired timings and paired outcomes: numbers in, judgements out.

Pure functions over numpy arrays: no clock, no file, no randomness. Import the modules.
"""
