"""How good answers are: one arm's metric overall and per class, and two arms' on the same samples.

Pure: predictions and labels in, figures out. It judges nothing: that is `harness.verdict`.
"""
