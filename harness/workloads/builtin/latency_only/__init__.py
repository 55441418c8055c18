"""Real architectures with random weights: what they cost to run, and nothing about what they answer."""
