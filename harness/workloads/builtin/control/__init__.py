"""Small CNNs that are trained where they are prepared: what INT8 should not hurt."""
