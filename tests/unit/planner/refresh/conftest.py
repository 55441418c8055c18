"""One price server for all tests here."""

from collections.abc import Iterator

import pytest
from helpers.price_server import PriceServer


@pytest.fixture(scope="session")
def server() -> Iterator[PriceServer]:
    """Answers as each test scripts it."""
    found = PriceServer()
    yield found
    found.close()
