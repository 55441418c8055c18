"""A check for machines with a GPU: everything that is here is run in a few minutes, and what is not is said.

Works with PyTorch, numpy and nvidia-ml-py alone, from a checkout: nothing of it needs planner to be installed. It
measures rates of products and copies, and three models with random weights in every precision, against each other in
turns, with proof of what ran and what the card did meanwhile. Figures are of speed alone: random weights answer
nothing. With `--device cpu` the same steps run in small on the CPU, as a rehearsal that is labelled so everywhere.

What only a GPU can show, and no test without one has: CUDA's events, the allocator's peak, kernels in PyTorch's
profile, INT8 by torchao and Triton, ONNX Runtime's CUDA provider, NVML's counters.
"""
