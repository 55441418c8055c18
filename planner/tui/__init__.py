"""The terminal app: the same services as the command line, on screens. Only here is Textual imported."""
