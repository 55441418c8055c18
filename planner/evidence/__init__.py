"""The one place where measurements become service rates for the cost model, each with its provenance and its gate."""

from planner.evidence.facts import model_facts, model_name
from planner.evidence.rates import ArmRate, service_rates
from planner.evidence.scaling import scaling_evidence
from planner.evidence.sets import EvidenceSet, rates_of

__all__ = ["ArmRate", "EvidenceSet", "model_facts", "model_name", "rates_of", "scaling_evidence", "service_rates"]
