"""The measuring child process: `python -m harness.worker`. Commands in, events out, log on stderr."""
