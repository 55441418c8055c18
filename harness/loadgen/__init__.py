"""How requests arrive: one after the other (single stream), or by a schedule of their own (server)."""
