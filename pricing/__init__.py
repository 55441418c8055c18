"""What a fleet costs: prices, targets, queues, ledgers. Pure: it knows no models, no runtimes and no network."""
