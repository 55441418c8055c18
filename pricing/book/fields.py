"""Turns the texts of one row into an offer, or into hardware of one's own; refuses what no price is.

Every refusal is one sentence with the place, the value and what belongs there. CSV, TOML and stored books all come
through here, so that they cannot differ in what they let pass.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import NoReturn

from pricing.book.currencies import CURRENCIES
from pricing.book.offers import MOST_PARTS, PURCHASES, OwnedOffer
from pricing.errors import BookError, TargetError, UnitError
from pricing.files import nearest, shown
from pricing.money import HourlyRate, Money
from pricing.targets import Targets
from pricing.units import Dimension, quantity
from pricing.vocabulary import Offer

REQUIRED = (
    "provider", "region", "instance_type", "gpu_count", "purchase_option", "currency", "price_per_hour", "as_of",
    "source",
)  # fmt: skip
OFFER_KEYS = (
    "provider", "region", "instance_type", "target_id", "gpu", "gpu_count", "vcpus", "memory_gib", "cpu_model",
    "rentable_alone", "purchase_option", "currency", "price_per_hour", "as_of", "source",
)  # fmt: skip
"""The columns of a price table."""
OWNED_KEYS = ("name", "target", "capex", "life", "residual", "as_of", "source")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes a text for a formula (OWASP, CSV injection)."""

_LONGEST_TEXT = 300
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,40})?", re.ASCII)
_FRACTION = re.compile(r"([1-9]\d?)/([1-9]\d?)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_DEAREST = Decimal(1_000_000)  # an hour of no instance comes near
_MOST_DEVICES = 100_000
_MOST_VCPUS = 100_000
_MOST_GIB = 1_000_000
_FIRST_YEAR = 2000
_YEAR_S = 8760 * 3600


class Fields:
    """The texts of one row, by column, and where the row stands.

    Args:
        texts: By column; a missing or empty one is not known.
        place: For the errors: file and row.
        today: Later dates are refused; None where the row was accepted before.
        targets: Finds the targets that are named; None where the row holds ids that were found before.
    """

    def __init__(
        self, texts: Mapping[str, str], *, place: str, today: date | None = None, targets: Targets | None = None
    ) -> None:
        self._texts = texts
        self._place = place
        self._today = today
        self._targets = targets

    def offer(self) -> Offer:
        """The offer.

        Raises:
            BookError: if a text is missing or is not what its column holds.
        """
        devices = self._devices()
        device = self._text("gpu") if devices else self._text("cpu_model")
        return Offer(
            provider=self._needed("provider"),
            region=self._needed("region"),
            instance=self._needed("instance_type"),
            target_id=self._target(device, is_cpu=not devices),
            device=device,
            devices=devices,
            vcpus=self._whole("vcpus", _MOST_VCPUS),
            memory_gib=self._memory(),
            is_rentable_alone=self._is_alone(),
            purchase=self._purchase(),
            rate=HourlyRate(self._price(), self._currency()),
            as_of=self._date(),
            source=self._needed("source"),
        )

    def owned(self) -> OwnedOffer:
        """The hardware of one's own.

        Raises:
            BookError: likewise.
        """
        capex = self._money("capex")
        try:
            life_s = quantity(self._needed("life"), Dimension.TIME, name="life")
            return OwnedOffer(
                name=self._needed("name"),
                target_id=self._found(self._needed("target")),
                capex=capex,
                life_years=life_s / _YEAR_S,
                residual=self._money("residual") if self._text("residual") else Money.of(0, capex.currency),
                as_of=self._date(),
                source=self._needed("source"),
            )
        except UnitError as error:
            raise BookError(f"{self._place}: {error}") from error
        except BookError as error:
            told = str(error)
            raise BookError(told if told.startswith(self._place) else f"{self._place}: {told}") from error

    def _refuse(self, column: str, advice: str) -> NoReturn:
        raise BookError(f"{self._place}: {column} is {shown(self._texts.get(column, ''))}: write {advice}")

    def _text(self, column: str) -> str:
        text = self._texts.get(column, "")
        if text.startswith(FORMULA_STARTS) or text.strip().startswith(FORMULA_STARTS):
            self._refuse(
                column, f"a text that a spreadsheet takes for no formula: none that begins with {text.strip()[:1]!r}"
            )
        if len(text) > _LONGEST_TEXT or not text.isprintable():
            self._refuse(column, f"at most {_LONGEST_TEXT} characters, on one line, without control characters")
        return text.strip()

    def _needed(self, column: str) -> str:
        text = self._text(column)
        if not text:
            raise BookError(f"{self._place}: {column} is missing")
        return text

    def _number(self, column: str, advice: str) -> Decimal:
        text = self._texts.get(column, "").strip()
        try:
            if _NUMBER.fullmatch(text):
                return Decimal(text)
        except InvalidOperation:
            pass
        return self._refuse(column, advice)

    def _price(self) -> Decimal:
        advice = f"a positive number without a unit, up to {_DEAREST:,} an hour, such as 0.526"
        price = self._number("price_per_hour", advice)
        if not 0 < price <= _DEAREST:
            self._refuse("price_per_hour", advice)
        return price

    def _devices(self) -> float:
        advice = (
            f"a whole number up to {_MOST_DEVICES:,}, a part of a device such as 0.5 or 1/6, or 0 for a CPU instance"
        )
        written = self._texts.get("gpu_count", "").strip()
        if fraction := _FRACTION.fullmatch(written):
            share = Fraction(int(fraction[1]), int(fraction[2]))
        else:
            share = _share(self._number("gpu_count", advice))
        if share > _MOST_DEVICES or (share > 1 and share.denominator != 1):
            self._refuse("gpu_count", advice)
        return float(share)

    def _whole(self, column: str, most: int) -> int | None:
        if not self._texts.get(column, "").strip():
            return None
        advice = f"a whole number from 1 to {most:,}, or nothing"
        number = self._number(column, advice)
        if number != number.to_integral_value() or not 1 <= number <= most:
            self._refuse(column, advice)
        return int(number)

    def _memory(self) -> float | None:
        if not self._texts.get("memory_gib", "").strip():
            return None
        advice = f"a positive number of GiB (2³⁰ bytes) without the unit, up to {_MOST_GIB:,}, or nothing"
        number = self._number("memory_gib", advice)
        if not 0 < number <= _MOST_GIB:
            self._refuse("memory_gib", advice)
        return float(number)

    def _is_alone(self) -> bool:
        text = self._texts.get("rentable_alone", "").strip() or "yes"
        if text not in {"yes", "no"}:
            self._refuse("rentable_alone", "yes, or no for an accelerator that must be attached to an instance")
        return text == "yes"

    def _purchase(self) -> str:
        text = self._needed("purchase_option")
        if text not in PURCHASES:
            meant = nearest(text, PURCHASES)
            self._refuse("purchase_option", f"a known option{meant}" if meant else f"one of {', '.join(PURCHASES)}")
        return text

    def _currency(self) -> str:
        text = self._needed("currency")
        if text not in CURRENCIES:
            self._refuse("currency", "a code of ISO 4217, such as USD or EUR")
        return text

    def _date(self) -> date:
        text = self._needed("as_of")
        try:
            day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or day.year < _FIRST_YEAR:
            self._refuse("as_of", "the day on which the price was stated, such as 2026-07-20")
        if self._today is not None and day > self._today:
            self._refuse("as_of", f"a day that has come: today is {self._today}")
        return day

    def _target(self, device: str, *, is_cpu: bool) -> str | None:
        """The target that is named; else the one that the device's name means, if it means only one."""
        if named := self._text("target_id"):
            return self._found(named)
        if self._targets is None or not device:
            return None
        if is_cpu:
            found = self._targets.for_cpu_model(device)
            return found.target_id if found else None
        try:
            return self._targets.find(device).target_id
        except TargetError:
            return None

    def _found(self, named: str) -> str:
        if self._targets is None:
            return named
        try:
            return self._targets.find(named).target_id
        except TargetError as error:
            raise BookError(f"{self._place}: {error}") from error

    def _money(self, column: str) -> Money:
        try:
            amount, currency = amount_of(self._needed(column), Dimension.MONEY, name=column)
        except UnitError as error:
            raise BookError(f"{self._place}: {error}") from error
        return Money.of(amount, currency)


def amount_of(text: str, dimension: Dimension, *, name: str) -> tuple[float, str]:
    """An amount or a price per hour in any currency, and the currency.

    Raises:
        UnitError: if it is none.
    """
    code = _CURRENCY.search(text)
    if code is None or code[0] not in CURRENCIES:
        return quantity(text, dimension, name=name), "USD"
    return quantity(f"{text[: code.start()]}USD{text[code.end() :]}", dimension, name=name), code[0]


def _share(number: Decimal) -> Fraction:
    """What a count of devices means: 0.1667 is a sixth, because a sixth rounds to it."""
    places = max(0, -int(number.as_tuple().exponent))
    meant = Fraction(number).limit_denominator(MOST_PARTS)
    rounds_to_it = round(Decimal(meant.numerator) / Decimal(meant.denominator), places) == number
    return meant if rounds_to_it else Fraction(number)
