"""Pictures of an answer, drawn with characters: pure functions from a document and a width to what Rich prints."""
