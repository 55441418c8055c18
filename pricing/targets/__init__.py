"""What can be priced: device kinds by their data sheets, found by id or alias, more of them from a file."""

from pricing.targets.catalogue import Targets
from pricing.targets.shipped import shipped_targets

__all__ = ["Targets", "shipped_targets"]
