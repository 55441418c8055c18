"""Workloads: a model, its input specification, labelled data and metric, as a folder that is read strictly."""
