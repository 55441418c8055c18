"""The parent side of a run: spawns workers, interleaves their turns, streams what happens, cancels."""
