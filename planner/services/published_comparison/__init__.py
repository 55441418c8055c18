"""Lays one run's figures beside what others published of the same model, and beside what the owner's sources claim.

A ratio stands only where both figures are in the same terms; everything else says why it is not compared. Nothing
here judges the run: its verdict rests on its own baseline.
"""

from planner.services.published_comparison.comparing import compare_with_published
from planner.services.published_comparison.document import BesidePublished

__all__ = ["BesidePublished", "compare_with_published"]
