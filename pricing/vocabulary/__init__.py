"""The words of the cost model: evidence, ranges, targets, offers, service rates, demand. Frozen, valid or not built.

Inside there are seconds, bytes, watts, requests per second. What is not known is `None`, never a guess.
"""

from pricing.vocabulary.devices import CpuIdentity, Replica, Target, TargetKind
from pricing.vocabulary.figures import Evidence, Provenance, Range
from pricing.vocabulary.offers import Offer
from pricing.vocabulary.rates import Basis, BatchCurve, Demand, RateMethod, ServiceRate
from pricing.vocabulary.service import BITS, Gate, ModelFacts, Precision, Slo

__all__ = [
    "BITS",
    "Basis",
    "BatchCurve",
    "CpuIdentity",
    "Demand",
    "Evidence",
    "Gate",
    "ModelFacts",
    "Offer",
    "Precision",
    "Provenance",
    "Range",
    "RateMethod",
    "Replica",
    "ServiceRate",
    "Slo",
    "Target",
    "TargetKind",
]
