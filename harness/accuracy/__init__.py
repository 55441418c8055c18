"""How good answers are: one arm's metric overall and per class, and two arms' on the same samples.

`calibration` and `resemblance` look at calibration data in the same way: are they enough, apart from the test
data, and like them? Pure: predictions, labels and samples in, figures out. It judges nothing: that is
`harness.verdict`.
"""
