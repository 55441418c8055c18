"""Which addresses may be asked. A service that answers with an address of another host is not followed there.

Else an answer could send this machine to any service that it alone can reach (server-side request forgery, OWASP).
"""

import ipaddress

from httpx2 import URL, InvalidURL

from planner.refresh.errors import AddressError
from pricing.files import shown

_LONGEST = 4096


def source_address(text: str) -> URL:
    """The address of a service or of its mirror: https, or http on this machine.

    Raises:
        AddressError: if it is none, is not encrypted, or holds credentials, a query or a fragment.
    """
    url = _parsed(text)
    if url.scheme not in {"https", "http"} or not url.host:
        raise AddressError(f"{shown(text)} is no address of a price service: write https://…")
    if url.scheme == "http" and not _is_this_machine(url.host):
        raise AddressError(
            f"{shown(text)} is not encrypted, so anybody on the way could change the prices: write https://…"
        )
    if url.userinfo or url.query or url.fragment:
        raise AddressError("the address of a price service holds credentials, a query or a fragment: leave them out")
    return url


def followed(origin: URL, target: object) -> URL:
    """Where an answer from `origin` points to: an address of the same host, port and scheme.

    Args:
        origin: The address that answered.
        target: What it said, absolute or relative.

    Raises:
        AddressError: if it points anywhere else.
    """
    if not isinstance(target, str) or not target or len(target) > _LONGEST:
        raise AddressError(f"{origin.host} points to {shown(target)}, which is no address")
    try:
        url = origin.join(_parsed(target))
        is_elsewhere = url.origin != origin.origin
    except (InvalidURL, ValueError) as error:  # the library's word for `file:///…`, which has no host
        raise AddressError(f"{origin.host} points to {shown(target)}, which is no address") from error
    if is_elsewhere or url.userinfo:
        raise AddressError(
            f"{origin.host} points to {shown(str(url))}, which is another host, port or scheme: it is not followed"
        )
    return url.copy_with(fragment=None)


def _parsed(text: str) -> URL:
    if len(text) > _LONGEST:
        raise AddressError(f"an address of {len(text):,} characters is none")
    try:
        return URL(text)
    except InvalidURL as error:
        raise AddressError(f"{shown(text)} is no address") from error


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
