"""Plans: from stored runs, published rates and dated prices to what a fleet costs, and what a change saves."""
