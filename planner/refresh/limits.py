"""How long a price service may take, and how much it may say."""

from dataclasses import dataclass

_MIB = 2**20
_GIB = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Far above what honest services need, far below what would hurt.

    Attributes:
        connect_s: For a connection, TLS included.
        read_s: Until the next bytes.
        deadline_s: For everything that one provider is asked, waits between attempts included.
        attempts: Of one request, the first included.
        first_wait_s: Before the second attempt, at most; doubled before each further one.
        longest_wait_s: The most that it is doubled to.
        longest_ask_s: The longest wait that a service may ask for (`Retry-After`); a longer one is a refusal.
        most_page_bytes: Of one JSON answer, unpacked. A page of Azure's has 1,000 rows of about 700 bytes.
        most_file_bytes: Of one price file, unpacked. The one of AWS for us-east-1 has some hundred MB.
        most_expansion: Unpacked bytes per byte on the wire. Price lists repeat themselves and pack to a thirtieth or
            so; a gzip bomb unpacks to a thousand times its size.
        most_pages: Answers of one provider.
        most_rows: Rows of one provider, wanted or not.
        most_prices: Rows that are wanted.
        longest_line: Bytes of a line in a price file.
        most_redirects: In a row.
    """

    connect_s: float = 10.0
    read_s: float = 30.0
    deadline_s: float = 1800.0
    attempts: int = 4
    first_wait_s: float = 1.0
    longest_wait_s: float = 30.0
    longest_ask_s: float = 120.0
    most_page_bytes: int = 32 * _MIB
    most_file_bytes: int = 4 * _GIB
    most_expansion: int = 250
    most_pages: int = 1000
    most_rows: int = 20_000_000
    most_prices: int = 50_000
    longest_line: int = 64 * 1024
    most_redirects: int = 3
