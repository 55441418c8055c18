"""How things are said and written on every face: text made harmless, quantities, moments, signs."""
