"""One request over HTTP, as often as it takes: bounded, streamed, retried where that may help, never sent elsewhere.

A body whose end cannot be told from a broken connection (no length, not chunked: RFC 9112, section 8) is refused: half
a price list is worse than none. Proxies and certificates are the environment's, as the library reads them.
"""

import contextlib
import functools
import random
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import NoReturn, Self, TypeVar

import httpx2
from httpx2 import URL

from planner.refresh.addresses import followed
from planner.refresh.deadline import Deadline
from planner.refresh.errors import FormatError, LimitError, RefreshError
from planner.refresh.limits import Limits
from planner.refresh.meter import Meter
from planner.refresh.waiting import asked_wait_s, wait_s
from planner.version import planner_version
from pricing.files import printable

_MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OPAQUE = frozenset({"", "application/octet-stream", "binary/octet-stream", "text/plain"})  # as file servers say
JSON = frozenset({"application/json", "text/json"}) | _OPAQUE
CSV = frozenset({"text/csv", "application/csv"}) | _OPAQUE
_Read = TypeVar("_Read")
Chunks = Iterator[bytes]


class _PassingError(Exception):
    """What may be over when the request is tried again. `asked_s` is the wait that the service asks for."""

    def __init__(self, sentence: str, *, asked_s: float | None = None) -> None:
        super().__init__(sentence)
        self.asked_s = asked_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Where time and chance come from, so that a test decides both."""

    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = random.random
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class Fetcher:
    """Asks one provider. Use as a context manager, so that no connection stays open.

    Args:
        limits: How long, and how much.
        meter: Counts and tells.
        chance: Time and chance.
    """

    def __init__(self, limits: Limits, meter: Meter, *, chance: Chance | None = None) -> None:
        self._limits = limits
        self.meter = meter
        self._chance = chance or Chance()
        self._deadline = Deadline(limits.deadline_s)
        self._client = httpx2.Client(
            follow_redirects=False,
            headers={"User-Agent": f"planner/{planner_version()}", "Accept-Encoding": "gzip"},
            timeout=httpx2.Timeout(limits.read_s, connect=limits.connect_s),
            verify=_trust(),
        )

    def __enter__(self) -> Self:
        """Start the deadline."""
        self._deadline.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self._deadline.__exit__(kind, error, trace)
        self._client.close()

    def read(self, url: URL, consume: Callable[[Chunks], _Read], *, kinds: frozenset[str], most: int) -> _Read:
        """What `consume` makes of the body; it is called anew for every attempt.

        Args:
            url: What is asked.
            consume: Takes the unpacked bytes as they come.
            kinds: Content types that may answer.
            most: Bytes, packed and unpacked.

        Raises:
            RefreshError: if there is no answer, or none that may be used.
        """
        doing = self.meter.doing
        for attempt in range(1, self._limits.attempts + 1):
            try:
                return self._attempt(url, consume, kinds=kinds, most=most)
            except _PassingError as error:
                if attempt == self._limits.attempts:
                    raise RefreshError(
                        f"{_named(url)}: {error}, {attempt} times: try again later, or look at the network"
                    ) from error
                self._wait(attempt, error, url)
                self.meter.does(doing)
        raise AssertionError  # the last attempt returned or raised

    def _wait(self, attempt: int, error: _PassingError, url: URL) -> None:
        pause = wait_s(attempt, chance=self._chance.draw(), limits=self._limits)
        if error.asked_s is not None:
            if error.asked_s > self._limits.longest_ask_s:
                raise RefreshError(
                    f"{_named(url)}: {error}, and asks to wait {error.asked_s:,.0f} s: try again after that"
                ) from error
            pause = max(pause, error.asked_s)
        if pause >= self.meter.left_s:
            raise RefreshError(f"{_named(url)}: {error}, and the deadline is too near to try again") from error
        self.meter.waits(f"{error}; trying again in {pause:.1f} s")
        self._chance.sleep(pause)

    def _attempt(self, url: URL, consume: Callable[[Chunks], _Read], *, kinds: frozenset[str], most: int) -> _Read:
        here = url
        for _ in range(self._limits.most_redirects + 1):
            with self._translated(), self._sent(here) as response:
                if response.status_code in _REDIRECTS:
                    here = followed(here, response.headers.get("location"))
                    continue
                self._require_usable(response, kinds)
                read = consume(self._chunks(response, most))
                self.meter.page_came()
                return read
        raise RefreshError(f"{_named(url)} redirects more than {self._limits.most_redirects} times")

    @contextlib.contextmanager
    def _sent(self, url: URL) -> Iterator[httpx2.Response]:
        left = self.meter.left_s
        timeout = httpx2.Timeout(min(self._limits.read_s, left), connect=min(self._limits.connect_s, left))
        extensions = {"trace": self._deadline.trace, "timeout": timeout.as_dict()}
        with self._client.stream("GET", url, extensions=extensions) as response:
            yield response

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except httpx2.TimeoutException as error:
            _ = self.meter.left_s
            raise _PassingError("no answer in time") from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            _ = self.meter.left_s
            raise _PassingError(printable(f"the connection failed ({str(error) or type(error).__name__})")) from error

    def _require_usable(self, response: httpx2.Response, kinds: frozenset[str]) -> None:
        status = response.status_code
        if status in _MAY_PASS:
            asked_s = asked_wait_s(response.headers.get("retry-after"), now=self._chance.now())
            raise _PassingError(f"HTTP {status}", asked_s=asked_s)
        if status != httpx2.codes.OK:
            _refuse(response, f"answers HTTP {status}: its address or its form may have changed")
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in kinds:
            _refuse(response, f"answers with {printable(kind)!r}, which is no price list: is it a page to sign in?")
        if "content-length" not in response.headers and response.headers.get("transfer-encoding") != "chunked":
            _refuse(response, "does not say where its answer ends, so that half of one could pass for a whole")
        if response.headers.get("content-encoding", "identity").strip().lower() not in {"gzip", "identity"}:
            _refuse(response, "packs its answer in a way that was not asked for")

    def _chunks(self, response: httpx2.Response, most: int) -> Chunks:
        length = response.headers.get("content-length", "")
        total = int(length) if length.isdecimal() and length.isascii() else None
        if total is not None and total > most:
            raise LimitError(f"{_named(response.url)} announces {total:,} bytes, which no price list has")
        self.meter.answer_began(total)
        unpacked = 0
        for chunk in response.iter_bytes():
            unpacked += len(chunk)
            self.meter.bytes_came(wire=response.num_bytes_downloaded, unpacked=unpacked, most=most)
            yield chunk


@functools.cache
def _trust() -> ssl.SSLContext:
    """The certificates that are trusted: those of the system. Read once, as it takes longer than a request."""
    return httpx2.create_ssl_context()


def _refuse(response: httpx2.Response, sentence: str) -> NoReturn:
    raise FormatError(f"{_named(response.url)} {sentence}")


def _named(url: URL) -> str:
    return printable(f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}{url.path}")
