"""What a check calls its models. Imports nothing, so that whoever reads a check knows them without PyTorch."""

PREFIX = "gpu-check: "
"""Before the name of a workload that is a model of the check."""
BERT_BASE = "BERT-base encoders, 128 tokens"
VIT_L_16 = "ViT-L/16 encoders, 197 patches"
RESNET_50 = "ResNet-50, 224 pixels"
