"""One screen a view. Loaded when it is opened first."""
