"""EfficientNet-Lite0 on Fashion-MNIST: the flagship workload, and the code that rebuilds its files from their sources.

The model, the data and `workload.toml` are read as files. Nothing here is imported to run the workload.
"""
