"""One HTTP session for a service: time-outs, size limits, no redirects, no plain http, no secrets in errors.

It sends a request exactly once. Whether to ask again is decided above, by kind of error (transport/retries.py).
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version

import requests
import urllib3

from certify_intacct.model.errors import AnswerTooLarge, AnswerUnreadable, ConfigurationError, ServiceUnavailable
from certify_intacct.transport.addresses import Address, Hosts
from certify_intacct.transport.redaction import Redactor
from certify_intacct.transport.settings import TransportSettings
from certify_intacct.transport.unpacking import Unpacker
from certify_intacct.transport.wall_clock import TimedAdapter, UnledSession, at_most, is_over

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """An HTTP answer that arrived whole.

    :param headers: names in lower case.
    :param retry_after: seconds the service asked us to wait, from `Retry-After`, when it did.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    retry_after: float | None


class HttpClient:
    """Sends requests to one service.

    :param settings: time-outs and limits.
    :param redact: removes secrets from the texts of errors.
    :param where: how errors name the service, such as "Sage Intacct (connection sage_intacct_default)".
    :param hosts: where its secrets may be sent; by itself to this machine, and to what an administrator lists.
    """

    def __init__(
        self, settings: TransportSettings, redact: Redactor, *, where: str, hosts: Hosts | None = None
    ) -> None:
        self.settings = settings
        self.redact = redact
        self.where = where
        self._hosts = hosts or Hosts()
        self._session = UnledSession()
        # The adapter would otherwise try again by itself in some cases; a request is sent once.
        adapter = TimedAdapter(
            pool_connections=settings.pool_size,
            pool_maxsize=settings.pool_size,
            max_retries=urllib3.Retry(0, read=False),
        )
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": f"certify-intacct/{_own_version()}", "Accept-Encoding": "gzip"})
        self._session.auth = _no_netrc
        self._session.verify = True

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        most_bytes: int | None = None,
    ) -> Answer:
        """Send one request once and read its answer whole, whatever its status.

        :param most_bytes: the largest answer to read, where it is less than the settings' max_answer_bytes.
        :raises ServiceUnavailable: no connection came about, so nothing was sent.
        :raises AnswerTooLarge: the answer is larger than that.
        :raises AnswerUnreadable: the request may have arrived, but no whole answer came back.
        :raises ConfigurationError: the URL is not acceptable, or the server's certificate is not trusted.
        """
        address = self._hosts.address(url, where=self.where)
        # A proxy must never see what is meant for this machine.
        self._session.trust_env = not address.loopback
        limit = self.settings.max_answer_bytes
        with at_most(self.settings.total_timeout):
            try:
                with self._session.request(
                    method,
                    address.url,
                    data=body,
                    headers=dict(headers),
                    timeout=(self.settings.connect_timeout, self.settings.read_timeout),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    content = self._read(response, min(most_bytes or limit, limit))
                    return Answer(
                        status=response.status_code,
                        headers={name.lower(): value for name, value in response.headers.items()},
                        body=content,
                        retry_after=_retry_after(response.headers.get("Retry-After")),
                    )
            except requests.RequestException as error:
                raise self._explained(error, address) from None
            except (urllib3.exceptions.HTTPError, OSError, zlib.error) as error:
                raise self._unreadable(error) from None

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _read(self, response: requests.Response, most_bytes: int) -> bytes:
        parts: list[bytes] = []
        received = size = 0
        unpacker = Unpacker(response.headers.get("Content-Encoding"))
        # read1 gives what has arrived, where read would wait for a full chunk: a trickle could then outlast every time-out.
        while chunk := response.raw.read1(_CHUNK, decode_content=False):
            received += len(chunk)
            for part in unpacker.feed(chunk, most_bytes - size + 1):
                parts.append(part)
                size += len(part)
                if max(size, received) > most_bytes:
                    raise AnswerTooLarge(
                        f"The answer is larger than {most_bytes} bytes and was not read to its end.",
                        where=self.where,
                        cure="Ask for fewer records or fields at a time, or raise max_answer_bytes in the connection's extra fields.",
                    )
        unpacker.finish()
        return b"".join(parts)

    def _explained(self, error: requests.RequestException, address: Address) -> Exception:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return ConfigurationError(
                f"The certificate of {address.host} is not trusted by this machine.",
                where=self.where,
                cure="Install the missing authority's certificate (REQUESTS_CA_BUNDLE); checking cannot be switched off.",
            )
        if isinstance(error, requests.ConnectionError) and _never_connected(error):
            return ServiceUnavailable(
                f"No connection to {address.host} came about: {self._reason(error)}",
                where=self.where,
                cure="Check the URL in the connection, the network and, if there is one, the proxy.",
            )
        return self._unreadable(error)

    def _unreadable(self, error: BaseException) -> AnswerUnreadable:
        if is_over():
            return AnswerUnreadable(
                f"The answer had not arrived whole after {self.settings.total_timeout:g} seconds.", where=self.where
            )
        return AnswerUnreadable(
            f"The connection failed before a whole answer had come: {self._reason(error)}", where=self.where
        )

    def _reason(self, error: BaseException) -> str:
        cause: BaseException = error
        for _ in range(8):
            inner = getattr(cause, "reason", None) or (cause.args[0] if cause.args else None)
            if not isinstance(inner, BaseException):
                break
            cause = inner
        return self.redact(f"{type(cause).__name__}: {cause}")[:300].rstrip(".") + "."


def _never_connected(error: requests.ConnectionError) -> bool:
    """Tell whether the connection was never opened, so that not a byte of the request can have left."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError))


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stands in for authentication: without one, requests would look for passwords in the user's .netrc file."""
    return request


def _retry_after(text: str | None) -> float | None:
    if not text:
        return None
    if text.strip().isascii() and text.strip().isdigit():
        return float(text.strip()[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _own_version() -> str:
    try:
        return version("certify-intacct")
    except PackageNotFoundError:
        return "0"
