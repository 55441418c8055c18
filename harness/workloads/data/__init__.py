"""Labelled data in every form it comes in, read one sample at a time and made ready for the model."""
