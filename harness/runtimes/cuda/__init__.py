"""CUDA memory, streams and events behind one small protocol, on whichever package for them is here."""
