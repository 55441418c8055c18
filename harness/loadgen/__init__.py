"""How requests arrive: one after the other (single stream), so many at once (closed loop), or by schedule (server)."""
