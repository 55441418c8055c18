"""What one row of the AWS price file for EC2 means.

The form: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html.
A reservation has one row for the hours and, where something is paid at once, one for the fee; both have the same SKU
and offer term.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from planner.refresh.errors import FormatError
from planner.refresh.quotes import Quote, Shape, fault_of, number_of, spread
from pricing.files import shown

_NEEDED = (
    "SKU", "OfferTermCode", "TermType", "Unit", "PricePerUnit", "Currency", "LeaseContractLength", "PurchaseOption",
    "OfferingClass", "Product Family", "Instance Type", "Tenancy", "Operating System", "License Model",
    "CapacityStatus", "Pre Installed S/W",
)  # fmt: skip
_USEFUL = ("Location Type", "MarketOption", "Region Code", "vCPU", "Memory", "GPU")
_WANTED = {
    "Tenancy": "Shared",
    "Operating System": "Linux",
    "Pre Installed S/W": "NA",
    "CapacityStatus": "Used",
    "License Model": "No License required",
}
_FAMILIES = {"Compute Instance", "Compute Instance (bare metal)"}
_YEARS = {"1yr": 1, "3yr": 3}
_UPFRONT = {"No Upfront": "no_upfront", "Partial Upfront": "partial_upfront", "All Upfront": "all_upfront"}
_HOURS = frozenset({"Hrs"})
_FEE = frozenset({"Quantity"})
_MEMORY = re.compile(r"([\d,]{1,9}(?:\.\d{1,4})?) GiB", re.ASCII)

Key = tuple[str, str, str, str]
"""Instance, purchase option, SKU, offer term."""


class Columns:
    """Where each column stands.

    Args:
        header: The names, as the file has them.

    Raises:
        FormatError: if one that is needed is missing.
    """

    def __init__(self, header: Sequence[str]) -> None:
        self._count = len(header)
        self._places = {name: header.index(name) for name in (*_NEEDED, *_USEFUL) if name in header}
        missing = [name for name in _NEEDED if name not in self._places]
        if missing:
            raise FormatError(f"the price file has no column {missing[0]!r}: its form has changed")

    def instance(self, row: Sequence[str]) -> str:
        """The instance alone: most rows are of no interest, and looked at no further.

        Raises:
            FormatError: if the row has another number of cells than the header: the file is cut, or damaged.
        """
        if len(row) != self._count:
            raise FormatError(f"a row of the price file has {len(row)} cells where its header has {self._count}")
        return row[self._places["Instance Type"]]

    def named(self, row: Sequence[str]) -> dict[str, str]:
        """The cells that matter, by column, of a row whose instance was asked for."""
        return {name: row[place] for name, place in self._places.items()}


def is_plain_linux(cells: Mapping[str, str], region: str) -> bool:
    """Linux on shared hardware, nothing installed, in the region itself: not its local zones, not capacity blocks."""
    return (
        all(cells[column] == value for column, value in _WANTED.items())
        and cells["Product Family"] in _FAMILIES
        and cells.get("Location Type", "AWS Region") == "AWS Region"
        and cells.get("MarketOption", "OnDemand") in {"OnDemand", ""}
        and cells.get("Region Code", region) == region
        and cells["OfferingClass"] in {"", "standard"}
    )


def purchase_of(cells: Mapping[str, str]) -> str:
    """A word of the price book; empty for a term that it has no word for."""
    if cells["TermType"] == "OnDemand":
        return "on_demand"
    years, upfront = _YEARS.get(cells["LeaseContractLength"]), _UPFRONT.get(cells["PurchaseOption"])
    if cells["TermType"] != "Reserved" or years is None or upfront is None:
        return ""
    return f"reserved_{years}y_{upfront}"


def shape_of(cells: Mapping[str, str]) -> Shape:
    """What the instance has."""
    memory = _MEMORY.fullmatch(cells.get("Memory", ""))
    return Shape(
        devices=_whole(cells.get("GPU", "")),
        vcpus=_whole(cells.get("vCPU", "")),
        memory_gib=float(memory[1].replace(",", "")) if memory and memory[1].strip(",") else None,
    )


@dataclass(slots=True)
class Terms:
    """What the rows of one SKU and offer term say together."""

    hourly: Decimal | None = None
    fee: Decimal | None = None
    shape: Shape | None = None
    fault: str = ""

    def add(self, cells: Mapping[str, str]) -> None:
        """One more row."""
        written = cells["PricePerUnit"]
        price = number_of(written)
        is_fee = cells["Unit"] in _FEE and cells["TermType"] == "Reserved"
        units = _FEE if is_fee else _HOURS
        self.fault = self.fault or fault_of(price, written, currency=cells["Currency"], unit=cells["Unit"], units=units)
        self.shape = self.shape or shape_of(cells)
        before = self.fee if is_fee else self.hourly
        if before is not None and before != price:
            self.fault = self.fault or f"two prices of one offer term, {before} and {shown(written)}"
        if is_fee:
            self.fee = price
        else:
            self.hourly = price

    def quote(self, key: Key, region: str) -> Quote:
        """The price of an hour, with what is paid at once spread over the term."""
        instance, purchase, _, _ = key
        price, fault = (None, self.fault) if self.fault else self._price(purchase)
        return Quote(
            region=region, instance=instance, purchase=purchase, price=price, shape=self.shape or Shape(), fault=fault
        )

    def _price(self, purchase: str) -> tuple[Decimal | None, str]:
        pays_at_once = purchase.endswith(("partial_upfront", "all_upfront"))
        if pays_at_once and self.fee is None:
            return None, "the row with what is paid at once is missing"
        if self.hourly is None and not purchase.endswith("all_upfront"):
            return None, "the row with the price of an hour is missing"
        hourly = self.hourly or Decimal(0)
        if not self.fee:
            return hourly, ""
        return hourly + spread(self.fee, int(purchase.removeprefix("reserved_")[0])), ""


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 4 and int(text) else None  # noqa: PLR2004 - digits of 1,000s
