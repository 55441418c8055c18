"""How requests arrive: here, one after the other (single stream)."""
