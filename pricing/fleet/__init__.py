"""Whole instances: how many are rented for so many replicas, what failures add to them, and what they cost.

Offers and counts in, money out. It sizes no service (`pricing.capacity` says how many replicas a load needs). Import
the modules.
"""
