"""Addresses -> `RawDocument`, over HTTP."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import httpx

from corpus.errors import FetchingError, ReadingError
from corpus.readers import MAX_BYTES, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from corpus.models import RawDocument

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_MAX_REDIRECTS = 5
_STATUS_REASONS = {
    401: "asks for a login (status 401); save the page as a file and add that",
    403: "refuses programs (status 403); save the page as a file and add that",
    404: "is not there (status 404): check the address",
    410: "is gone for good (status 410)",
    429: "has been asked too often (status 429); try again later",
    451: "is closed for legal reasons (status 451)",
}
# Gateways put the IPv4 address into the last four bytes (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave, not read yet.

    Attributes:
        content: At most `MAX_BYTES` long.
        url: Where redirects led to.
        media_type: As the server declares it; "" where it does not.
        etag: The version's tag, to be sent next time; None where there is none.
        modified: When it was changed, in the server's own words, to be sent next time; None
            where it does not tell.
    """

    content: bytes
    url: str
    media_type: str
    etag: str | None
    modified: str | None


class PublicTransport(httpx.BaseTransport):
    """Connects to addresses of the public Internet only.

    The name is resolved here, once, and the connection goes to the very address that was
    checked: a name that means another address a moment later gains nothing. Proxies of the
    environment are not used, as they resolve names themselves.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport | None = None,
        resolve: Callable[[str, int], list[IPAddress]] | None = None,
    ) -> None:
        self._inner = inner or httpx.HTTPTransport()
        self._resolve = resolve or _resolve

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request where its host's addresses are all public.

        Raises:
            PrivateAddressError: One of them is not. Nothing was sent.
            httpx.ConnectError: The host has no address, or none that answers.
        """
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = self._resolve(host, port)
        if not all(map(_is_public, addresses)):
            raise PrivateAddressError("no public address", request=request)
        # Certificates are asked for, and checked, by the name.
        extensions = {**request.extensions, "sni_hostname": host}
        failure = httpx.ConnectError("no address", request=request)
        for address in addresses:
            try:
                return self._inner.handle_request(
                    httpx.Request(
                        request.method,
                        request.url.copy_with(host=str(address)),
                        headers=request.headers,  # "Host" is among them
                        stream=request.stream,
                        extensions=extensions,
                    )
                )
            except httpx.ConnectError as error:  # an IPv6 address on a machine without IPv6, say
                failure = error
        raise failure

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class PrivateAddressError(httpx.ConnectError):
    """An address leads into a private network."""


def fetch(
    url: str,
    *,
    allow_private: bool = True,
    timeout: float = 30.0,
    transport: httpx.BaseTransport | None = None,
) -> RawDocument:
    """Fetch one page or file and read it.

    Args:
        url: An address that begins with http:// or https://.
        allow_private: Whether it may lead to this machine or its neighbours. It should not
            where it comes from someone who could not reach them.
        timeout: For the whole of it, in seconds.
        transport: Replaces the network, as in tests.

    Returns:
        What was read. Its url is the one that the page names, else where redirects led to.

    Raises:
        FetchingError: There is no page, or it is none that can be read. Nothing else is raised.
    """
    fetched = _fetch(url, {}, _choose(transport, allow_private=allow_private), timeout)
    if fetched is None:  # a server that claims "not changed" without having been asked
        raise FetchingError(url, "answers with status 304; try again later")
    try:
        raw = read_bytes(fetched.content, fetched.url, media_type=fetched.media_type)
    except ReadingError as error:
        raise FetchingError(url, error.reason) from error
    return replace(raw, url=raw.url or fetched.url)


def fetch_feed(
    url: str,
    *,
    etag: str | None = None,
    modified: str | None = None,
    allow_private: bool = True,
    timeout: float = 30.0,
    transport: httpx.BaseTransport | None = None,
) -> Fetched | None:
    """Fetch a feed, if it has changed.

    Args:
        url: An address that begins with http:// or https://.
        etag: `Fetched.etag` of the last time.
        modified: `Fetched.modified` of the last time.
        allow_private: As for `fetch`.
        timeout: For the whole of it, in seconds.
        transport: Replaces the network, as in tests.

    Returns:
        The feed as it is; None where it is the same as the last time.

    Raises:
        FetchingError: There is nothing. Nothing else is raised.
    """
    headers = {"If-None-Match": etag, "If-Modified-Since": modified}
    known = {name: value for name, value in headers.items() if value}
    return _fetch(url, known, _choose(transport, allow_private=allow_private), timeout)


def _choose(
    transport: httpx.BaseTransport | None, *, allow_private: bool
) -> httpx.BaseTransport | None:
    return transport if allow_private else PublicTransport(transport)


def _fetch(
    url: str, headers: Mapping[str, str], transport: httpx.BaseTransport | None, timeout: float
) -> Fetched | None:
    try:
        return _get(url, headers, transport, timeout)
    except httpx.HTTPError as error:
        raise FetchingError(url, _explain(error, timeout)) from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchingError(url, "is not an address: check it for typing errors") from error


def _get(
    url: str, headers: Mapping[str, str], transport: httpx.BaseTransport | None, timeout: float
) -> Fetched | None:
    deadline = time.monotonic() + timeout
    with (
        httpx.Client(
            transport=transport,
            timeout=timeout,
            follow_redirects=True,
            max_redirects=_MAX_REDIRECTS,
            headers={"User-Agent": "daviedka", **headers},
            event_hooks={"request": [_require_web_address]},
        ) as client,
        client.stream("GET", url) as response,
    ):
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return None
        if not response.is_success:
            status = response.status_code
            reason = _STATUS_REASONS.get(status, f"answers with status {status}; try again later")
            raise FetchingError(url, reason)
        content = bytearray()
        for part in response.iter_bytes():
            content += part
            if len(content) > MAX_BYTES:
                limit = MAX_BYTES // 2**20
                raise FetchingError(url, f"is too large (over {limit} MB); add a part of it")
            # httpx counts its timeout anew for each part: a slow trickle would never end.
            if time.monotonic() > deadline:
                raise FetchingError(url, _slow(timeout))
        return Fetched(
            bytes(content),
            str(response.url),
            response.headers.get("content-type", ""),
            _to_be_sent(response.headers.get("etag")),
            _to_be_sent(response.headers.get("last-modified")),
        )


def _to_be_sent(value: str | None) -> str | None:
    """A header's value, where it can be sent back as it came."""
    return value if value and value.isascii() else None


def _resolve(host: str, port: int) -> list[IPAddress]:
    """The addresses of a host, which may be one itself, in the order of preference."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError(f"no such host: {error}") from error
    return [ipaddress.ip_address(address[0]) for *_, address in found]


def _is_public(address: IPAddress) -> bool:
    """Whether anyone on the Internet can reach it, so that it tells nothing of our network."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _require_web_address(request: httpx.Request) -> None:
    """Stop at other addresses, also where a redirect leads to one."""
    if request.url.scheme not in {"http", "https"} or not request.url.host:
        raise httpx.UnsupportedProtocol("no web address", request=request)


def _explain(error: httpx.HTTPError, timeout: float) -> str:
    if isinstance(error, httpx.TimeoutException):
        return _slow(timeout)
    if isinstance(error, httpx.UnsupportedProtocol):
        return "is no web address: it must begin with http:// or https://"
    if isinstance(error, httpx.TooManyRedirects):
        return f"redirects more than {_MAX_REDIRECTS} times: check the address in a browser"
    if isinstance(error, httpx.DecodingError):
        return "sends content that is damaged; try again later"
    if isinstance(error, httpx.ConnectError):
        return _explain_connection(error)
    return "breaks the connection; try again later"


def _explain_connection(error: httpx.ConnectError) -> str:
    if isinstance(error, PrivateAddressError):
        return "points into a private network; give an address that anyone can open"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "has no valid certificate: who answers there is not known"
        if isinstance(cause, ssl.SSLError):
            return "fails to encrypt the connection: check the address"
        cause = cause.__cause__ or cause.__context__
    return "cannot be reached: check the address and the connection"


def _slow(timeout: float) -> str:
    return f"does not answer within {timeout:g} seconds; try again later"
