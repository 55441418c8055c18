"""Workloads that ship with the package: real weights and real labelled data, nothing downloaded at run time."""
