"""The harness measured by itself: real workers, one model against itself and against a slow-down that is known."""
