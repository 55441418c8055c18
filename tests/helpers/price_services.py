"""What price services answer, WRITTEN FROM THE DOCUMENTED SCHEMAS, NOT RECORDED: no such service was at hand.

Azure: https://learn.microsoft.com/en-us/rest/api/cost-management/retail-prices/azure-retail-prices
AWS: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html and
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/service-region-infex-file-for-service.html

The prices are those of the shipped table, so that what a test changes is all that is odd.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from pricing.book import shipped_book
from pricing.vocabulary import Offer

TODAY = date(2026, 11, 28)
Row = dict[str, str]
Item = dict[str, Any]
AWS_REGION = "us-east-1"


def shipped(provider: str, region: str, purchase: str = "on_demand") -> tuple[Offer, ...]:
    """The shipped prices in force."""
    return shipped_book().current(TODAY, provider=provider, region=region, purchase=purchase)


def azure_item(instance: str, price: float, **changes: Any) -> Item:  # noqa: ANN401 - a value of JSON
    """One meter of the Retail Prices API; a field's name as the service writes it."""
    name = instance.removeprefix("Standard_").replace("_", " ")
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": price,
        "unitPrice": price,
        "armRegionName": "eastus",
        "location": "US East",
        "effectiveStartDate": "2023-09-01T00:00:00Z",
        "meterId": "00000000-0000-0000-0000-000000000000",
        "meterName": name,
        "productId": "DZH318Z0K9JH",
        "skuId": "DZH318Z0K9JH/00QW",
        "productName": "Virtual Machines Series",
        "skuName": name,
        "serviceName": "Virtual Machines",
        "serviceId": "DZH313Z7MMC8",
        "serviceFamily": "Compute",
        "unitOfMeasure": "1 Hour",
        "type": "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": instance,
        **changes,
    }


def azure_items(region: str = "eastus", *, factor: float = 1.0) -> list[Item]:
    """Every on-demand price of a region, and the spot prices, times a factor."""
    plain = [
        azure_item(one.instance, float(one.rate.amount) * factor, armRegionName=region)
        for one in shipped("azure", region)
    ]
    spot = [
        azure_item(one.instance, float(one.rate.amount) * factor, armRegionName=region, skuName=f"{one.instance} Spot")
        for one in shipped("azure", region, "spot")
    ]
    return [*plain, *spot]


def azure_page(items: Iterable[Item], *, following: str | None = None) -> bytes:
    """One page of an answer."""
    listed = list(items)
    page = {
        "BillingCurrency": "USD",
        "CustomerEntityId": "Default",
        "CustomerEntityType": "Retail",
        "Items": listed,
        "NextPageLink": following,
        "Count": len(listed),
    }
    return json.dumps(page).encode()


def aws_index(*regions: str) -> bytes:
    """The index of regions."""
    found = {
        region: {
            "regionCode": region,
            "currentVersionUrl": f"/offers/v1.0/aws/AmazonEC2/20261120000000/{region}/index.json",
        }
        for region in regions or (AWS_REGION,)
    }
    return json.dumps(
        {"formatVersion": "v1.0", "disclaimer": "…", "publicationDate": "2026-11-20T00:00:00Z", "regions": found}
    ).encode()


def aws_row(instance: str, price: object, **changes: str) -> Row:
    """One row of the price file; a column's name as the file has it."""
    return {
        "SKU": f"SKU-{instance}",
        "OfferTermCode": "JRTCKXETXF",
        "RateCode": f"SKU-{instance}.JRTCKXETXF.6YS6EN2CT7",
        "TermType": "OnDemand",
        "PriceDescription": f"${price} per On Demand Linux {instance} Instance Hour",
        "EffectiveDate": "2026-11-01",
        "StartingRange": "0",
        "EndingRange": "Inf",
        "Unit": "Hrs",
        "PricePerUnit": f"{price}",
        "Currency": "USD",
        "RelatedTo": "",
        "LeaseContractLength": "",
        "PurchaseOption": "",
        "OfferingClass": "",
        "Product Family": "Compute Instance",
        "serviceCode": "AmazonEC2",
        "Location": "US East (N. Virginia)",
        "Location Type": "AWS Region",
        "Instance Type": instance,
        "vCPU": "4",
        "Physical Processor": "Intel Xeon Family",
        "Memory": "16 GiB",
        "Tenancy": "Shared",
        "Operating System": "Linux",
        "License Model": "No License required",
        "CapacityStatus": "Used",
        "GPU": "",
        "MarketOption": "OnDemand",
        "Pre Installed S/W": "NA",
        "Region Code": AWS_REGION,
        **changes,
    }


def aws_reserved(instance: str, hourly: object, fee: object, **changes: str) -> list[Row]:
    """The two rows of a reservation of one year, all of it paid at once unless told otherwise."""
    term = {
        "TermType": "Reserved",
        "OfferTermCode": "6QCMYABX3D",
        "LeaseContractLength": "1yr",
        "PurchaseOption": "All Upfront",
        "OfferingClass": "standard",
        **changes,
    }
    upfront = {"Unit": "Quantity", "PriceDescription": "Upfront Fee"}
    return [aws_row(instance, hourly, **term), aws_row(instance, fee, **{**term, **upfront})]


def aws_rows(*, factor: Decimal = Decimal(1)) -> list[Row]:
    """Every shipped price of AWS times a factor: on demand, and of a year paid at once."""
    plain = [aws_row(one.instance, one.rate.amount * factor) for one in shipped("aws", AWS_REGION)]
    once = [
        row
        for one in shipped("aws", AWS_REGION, "reserved_1y_all_upfront")
        for row in aws_reserved(one.instance, 0, one.rate.amount * factor * 8760)
    ]
    return [*plain, *once]


def aws_file(rows: Iterable[Row], *, head: Callable[[list[list[str]]], None] | None = None) -> bytes:
    """The price file: five rows about it, then the columns, then the prices."""
    top = [
        ["FormatVersion", "v1.0"],
        ["Disclaimer", "This pricing list is for informational purposes only."],
        ["Publication Date", "2026-11-20T00:00:00Z"],
        ["Version", "20261120000000"],
        ["OfferCode", "AmazonEC2"],
    ]
    if head is not None:
        head(top)
    columns = list(aws_row("x", 0))
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([*top, columns, *([row[column] for column in columns] for row in rows)])
    return stream.getvalue().encode()
