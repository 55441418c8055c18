"""Reports in the app: what is wished, made, drawn in lines, written."""
