"""What is assumed of electricity: what devices and their site draw, what a kWh costs and emits, and making devices.

The one place where the ranges that are shipped for power and its price stand, each with its source; grids and
declarations by makers are tables of `pricing.tco`.
"""

from pricing.assumptions.entry import Entry, Kind
from pricing.units import Dimension

ENERGY_ENTRIES: tuple[Entry, ...] = (
    Entry(
        name="energy.pue",
        kind=Kind.SPREAD,
        dimension=Dimension.COUNT,
        default=("1.1", "1.56", "1.56"),
        low=1.0,
        high=5.0,
        meaning="power usage effectiveness of the data centre of owned hardware, and of smaller providers",
        why="industry average 1.56, Uptime Institute 2024; 1.10 to 1.14 at hyperscale",
    ),
    Entry(
        name="energy.pue_hyperscale",
        kind=Kind.SPREAD,
        dimension=Dimension.COUNT,
        default=("1.1", "1.12", "1.14"),
        low=1.0,
        high=5.0,
        meaning="the same where aws, azure or gcp rent it out",
        why="what large cloud operators say of their own sites, the middle assumed",
    ),
    Entry(
        name="energy.price",
        kind=Kind.SPREAD,
        dimension=Dimension.ENERGY_PRICE,
        default=("0.07 USD/kWh", "0.12 USD/kWh", "0.17 USD/kWh"),
        low=0.0,
        high=10.0,
        meaning="for owned hardware only: the price of rented instances includes it",
        why="US commercial power, 7 to 17 ct/kWh, EIA 2025",
    ),
    Entry(
        name="energy.idle_share",
        kind=Kind.SPREAD,
        dimension=Dimension.SHARE,
        default=("10 %", "25 %", "40 %"),
        low=0.0,
        high=1.0,
        meaning="what a card draws that is ready and serves nothing, as a share of its board's limit",
        why="with a model loaded 17 % (H100), 27 % (A100), 29 % (L40S), without 10 to 18 %: arXiv:2605.23918, 2026; "
        "11 % of a T4 without: Cloud Carbon Footprint; other cards assumed",
    ),
    Entry(
        name="energy.load_share",
        kind=Kind.SPREAD,
        dimension=Dimension.SHARE,
        default=("50 %", "80 %", "100 %"),
        low=0.01,
        high=1.0,
        meaning="what a card draws that is busy all the time, as a share of its board's limit",
        why="assumed: no figure of serving on these cards was found; none draws more than its limit",
    ),
    Entry(
        name="energy.carbon",
        kind=Kind.SPREAD,
        dimension=Dimension.CARBON,
        default=None,
        low=0.0,
        high=5000.0,
        meaning="of the electricity, location-based, in every place; by default the grid of each region, where a "
        "figure is known; embodied carbon is not in it",
    ),
    Entry(
        name="energy.place",
        kind=Kind.WORD,
        default=None,
        meaning="whose grid counts where a region has none that is known, as for owned hardware: a place of the "
        "shipped table, such as US",
    ),
    Entry(
        name="energy.device_life",
        kind=Kind.QUANTITY,
        dimension=Dimension.TIME,
        default="5 years",
        low=8760 * 3600.0,
        high=20 * 8760 * 3600.0,
        meaning="over how long embodied carbon of rented devices is spread; owned hardware has its own life",
        why="assumed; servers are usually written off over 3 to 6 years",
    ),
    Entry(
        name="energy.embodied_per_device",
        kind=Kind.QUANTITY,
        dimension=Dimension.MASS,
        default=None,
        low=0.0,
        high=1e5,
        meaning="CO₂ equivalent of making one device for which no figure is shipped; shown apart, never added",
    ),
    Entry(
        name="energy.embodied_source",
        kind=Kind.WORD,
        default=None,
        meaning="who declared that",
    ),
)
"""In the order of the file."""
