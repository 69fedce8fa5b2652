"""Addresses -> `RawDocument`, over HTTP."""

from __future__ import annotations

import ssl
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from corpus.errors import FetchingError, ReadingError
from corpus.readers import MAX_BYTES, read_bytes

if TYPE_CHECKING:
    from corpus.models import RawDocument

_MAX_REDIRECTS = 5
_STATUS_REASONS = {
    401: "asks for a login (status 401); save the page as a file and add that",
    403: "refuses programs (status 403); save the page as a file and add that",
    404: "is not there (status 404): check the address",
    410: "is gone for good (status 410)",
    429: "has been asked too often (status 429); try again later",
    451: "is closed for legal reasons (status 451)",
}


def fetch(
    url: str, *, timeout: float = 30.0, transport: httpx.BaseTransport | None = None
) -> RawDocument:
    """Fetch one page or file and read it.

    Args:
        url: An address that begins with http:// or https://.
        timeout: For the whole of it, in seconds.
        transport: Replaces the network, as in tests.

    Returns:
        What was read. Its url is the one that the page names, else where redirects led to.

    Raises:
        FetchingError: There is no page, or it is none that can be read. Nothing else is raised.
    """
    try:
        response, content = _get(url, timeout, transport)
    except httpx.HTTPError as error:
        raise FetchingError(url, _explain(error, timeout)) from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchingError(url, "is not an address: check it for typing errors") from error
    final = str(response.url)
    try:
        raw = read_bytes(content, final, media_type=response.headers.get("content-type"))
    except ReadingError as error:
        raise FetchingError(url, error.reason) from error
    return replace(raw, url=raw.url or final)


def _get(
    url: str, timeout: float, transport: httpx.BaseTransport | None
) -> tuple[httpx.Response, bytes]:
    """The last response and its content, which is never more than `MAX_BYTES` long."""
    deadline = time.monotonic() + timeout
    with (
        httpx.Client(
            transport=transport,
            timeout=timeout,
            follow_redirects=True,
            max_redirects=_MAX_REDIRECTS,
            headers={"User-Agent": "daviedka"},
            event_hooks={"request": [_require_web_address]},
        ) as client,
        client.stream("GET", url) as response,
    ):
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
        return response, bytes(content)


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
