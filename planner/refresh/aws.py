"""The AWS price list for EC2 in bulk: the index of regions, then one CSV file of some hundred MB for each, streamed.

The form of the index:
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/service-region-infex-file-for-service.html. Spot prices and
savings plans are not in these files: the former need credentials, the latter are files of their own.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec
from httpx2 import URL

from planner.refresh.addresses import followed
from planner.refresh.aws_rows import Columns, Key, Terms, is_plain_linux, purchase_of
from planner.refresh.errors import FormatError, LimitError, RefreshError
from planner.refresh.fetching import CSV, JSON, Chunks, Fetcher
from planner.refresh.known import Known
from planner.refresh.limits import Limits
from planner.refresh.price_file import rows_of
from planner.refresh.quotes import Answer, Basket, Quote
from pricing.files import nearest

SOURCE = "https://pricing.us-east-1.amazonaws.com"
STATED = (
    "on_demand",
    *(f"reserved_{years}y_{upfront}_upfront" for years in (1, 3) for upfront in ("no", "partial", "all")),
)
"""The purchase options that it states."""

_INDEX = "/offers/v1.0/aws/AmazonEC2/current/region_index.json"
_FORMAT = "v1.0"
_OFFER = "AmazonEC2"
_MOST_HEAD_ROWS = 12  # there are five before the columns
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:]{8}Z", re.ASCII)


class _Region(msgspec.Struct, rename="camel"):
    region_code: str
    current_version_url: str


class _Index(msgspec.Struct, rename="camel"):
    format_version: str
    regions: dict[str, _Region]


def ask(source: URL, fetcher: Fetcher, known: Known, *, regions: Iterable[str], limits: Limits) -> Answer:
    """Every price of the known instances, and of other sizes of them, in these regions.

    Raises:
        RefreshError: if it does not answer, or not in its documented form.
    """
    fetcher.meter.does("which regions there are")
    index_url = source.copy_with(path=source.path.rstrip("/") + _INDEX)
    index = fetcher.read(index_url, _index, kinds=JSON, most=limits.most_page_bytes)
    files = [(region, _file(index, index_url, region)) for region in regions]
    basket = Basket(limits)
    editions = set()
    for region, url in files:
        fetcher.meter.does(f"the price file of {region}")
        file = _PriceFile(region, known, fetcher, limits)
        basket.add(fetcher.read(url, file.quotes, kinds=CSV, most=limits.most_file_bytes))
        editions.add(file.edition)
    edition = " and ".join(sorted(editions))
    return Answer(quotes=basket.quotes, source=f"AWS price list for EC2 in bulk ({source.host}), edition of {edition}")


def _index(chunks: Chunks) -> _Index:
    try:
        index = msgspec.json.decode(b"".join(chunks), type=_Index)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise FormatError(f"the index of AWS's regions is not of its documented form: {str(error)[:120]}") from error
    if index.format_version != _FORMAT:
        raise FormatError(f"the index of AWS's regions is of another format than {_FORMAT}")
    return index


def _file(index: _Index, origin: URL, region: str) -> URL:
    """The CSV file of a region: the index names the JSON file beside it."""
    found = index.regions.get(region)
    if found is None:
        raise RefreshError(f"AWS has no region {region}{nearest(region, index.regions)}")
    url = followed(origin, found.current_version_url)
    if not url.path.endswith("/index.json"):
        raise FormatError(f"the index of AWS's regions names no price file for {region}")
    return url.copy_with(path=url.path.removesuffix(".json") + ".csv")


class _PriceFile:
    """Reads the file of one region; may be asked again, when the connection broke."""

    def __init__(self, region: str, known: Known, fetcher: Fetcher, limits: Limits) -> None:
        self._region = region
        self._known = known
        self._meter = fetcher.meter
        self._limits = limits
        self.edition = ""

    def quotes(self, chunks: Chunks) -> tuple[Quote, ...]:
        """The prices that are wanted."""
        rows = rows_of(chunks, meter=self._meter, longest_line=self._limits.longest_line)
        columns = self._columns(rows)
        terms: dict[Key, Terms] = {}
        for row in rows:
            if not self._known.is_related(columns.instance(row)):
                continue
            cells = columns.named(row)
            purchase = purchase_of(cells) if is_plain_linux(cells, self._region) else ""
            if purchase:
                key = cells["Instance Type"], purchase, cells["SKU"], cells["OfferTermCode"]
                terms.setdefault(key, Terms()).add(cells)
                self._require_few(terms)
        return tuple(found.quote(key, self._region) for key, found in terms.items())

    def _columns(self, rows: Iterator[list[str]]) -> Columns:
        head: dict[str, str] = {}
        for count, row in enumerate(rows, 1):
            if row and row[0] == "SKU":
                break
            if count > _MOST_HEAD_ROWS or len(row) != 2:  # noqa: PLR2004 - a name and a value
                raise FormatError("the price file does not begin as an AWS price list does")
            head[row[0]] = row[1]
        else:
            raise FormatError("the price file ends before its columns are named")
        if head.get("FormatVersion") != _FORMAT or head.get("OfferCode") != _OFFER:
            raise FormatError(f"the price file is no list for {_OFFER} of format {_FORMAT}")
        published = head.get("Publication Date", "")
        self.edition = published if _MOMENT.fullmatch(published) else "an unknown day"
        return Columns(row)

    def _require_few(self, terms: dict[Key, Terms]) -> None:
        if len(terms) > self._limits.most_prices:
            raise LimitError(f"there are more than {self._limits.most_prices:,} prices asked for: none is used")
