"""One file per runtime, behind the protocol of `base`. Heavy imports happen late, inside."""
