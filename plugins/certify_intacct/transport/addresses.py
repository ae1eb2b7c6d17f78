"""Where secrets may be sent, and what an address means. One parser: what it reads is what is connected to.

Parsers differ over what is odd: to one of them `https://HOST\\.intacct.com/` is a name that ends with .intacct.com, to another it is
HOST. So nothing odd is an address at all, and the URL of a request is built from the parts that were checked.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from requests import PreparedRequest, RequestException

from certify_intacct.model.errors import ConfigurationError

#: Where an administrator of Airflow lists further hosts: `[certify_intacct] hosts`.
SECTION, OPTION = "certify_intacct", "hosts"

_PORTS = {"http": 80, "https": 443}
_LONGEST = 2000
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# RFC 3986 without user names, without IPv6 but for this machine's own address, and with nothing that any parser rewrites in a host.
_ADDRESS = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*|\[::1\])(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    r"(?P<target>(?:/(?:[a-z0-9._~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*)?(?:\?(?:[a-z0-9._~!$&'()*+,;=:@/?-]|%[0-9a-f]{2})*)?)",
    re.ASCII | re.IGNORECASE,
)
# Before each of them somebody may have meant a password.
_AT = ("@", "\uff20", "\ufe6b", "%40")
_CURE = "Correct the URL in the connection."


@dataclass(frozen=True)
class Address:
    """A URL in its parts. Scheme and host are in lower case; the host is a name, an IPv4 address or `[::1]`."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def loopback(self) -> bool:
        """Whether it means this machine and nothing else."""
        return is_loopback(self.host)

    @property
    def url(self) -> str:
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.target}"


def read_address(text: str) -> Address | None:
    """What an address means; None when it is none, or one over which parsers could differ."""
    found = _ADDRESS.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    scheme, host = found["scheme"].lower(), found["host"].lower()
    port = int(found["port"] or _PORTS[scheme])
    if port > 65535 or len(host) > 253 or not _one_meaning(host):
        return None
    target = found["target"] if found["target"].startswith("/") else f"/{found['target']}"
    return Address(scheme, host, port, target)


def is_loopback(host: str | None) -> bool:
    """Tell whether a host name or address means this machine and nothing else."""
    if not host:
        return False
    if host.lower() in ("localhost", "[::1]"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Hosts:
    """The hosts that the secrets of one service may be sent to: its own, this machine, and those that an administrator lists.

    :param service: as people call it, such as "Intacct"
    :param own: the service's own host, at the usual port; with a period before it, all names under that one. Empty: none
    """

    service: str = "this service"
    own: str = ""

    def owns(self, address: Address) -> bool:
        """Whether the service itself is there."""
        named = address.host.endswith(self.own) if self.own.startswith(".") else address.host == self.own
        return bool(self.own) and named and address.origin[::2] == ("https", 443)

    def link(self, text: str) -> str:
        """An address as a page may link to it; empty when it leads anywhere else than where secrets are sent."""
        address = read_address(text)
        return address.url if address and (address.loopback or self.owns(address) or _listed(address)) else ""

    def address(self, text: str, *, where: str) -> Address:
        """Read an address to which secrets are to be sent.

        :param where: the connection, for the refusal.
        :raises ConfigurationError: it is none, is spoken to without encryption beyond this machine, or leads to another host.
        """
        address = read_address(text)
        if address is None or not _kept_as_it_is(address.url):
            raise _unreadable(text, where)
        if address.scheme == "http" and not address.loopback:
            raise ConfigurationError(
                f"{address.host} would be spoken to without encryption. Plain http is only for this machine itself.",
                where=where,
                cure="Use https.",
            )
        if address.loopback or self.owns(address) or _listed(address):
            return address
        own = f" (https://{'...' if self.own.startswith('.') else ''}{self.own})" if self.own else ""
        raise ConfigurationError(
            f"{address.url!r} is not an address of {self.service}{own}, and passwords are sent nowhere else.",
            where=where,
            cure=f"Leave the URL of the connection empty for the service's own, or have an administrator list {address.host} "
            f"in Airflow's option [{SECTION}] {OPTION}.",
        )


def _one_meaning(host: str) -> bool:
    """Whether nobody reads a number in another base out of a name: 127.1, 0x7f.1 and 2130706433 are addresses to some."""
    last = host.rpartition(".")[2]
    if host == "[::1]" or not re.fullmatch(r"\d+|0x[0-9a-f]*", last):
        return True
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def _kept_as_it_is(url: str) -> bool:
    """Whether requests would ask for exactly this."""
    prepared = PreparedRequest()
    try:
        prepared.prepare_url(url, None)
    except (RequestException, ValueError):
        return False
    return prepared.url == url


def _listed(address: Address) -> bool:
    from airflow.sdk import conf

    listed = str(conf.get(SECTION, OPTION, fallback="")).lower().replace(",", " ").split()
    names = {f"{address.host}:{address.port}"} | ({address.host} if address.port == _PORTS["https"] else set())
    return address.scheme == "https" and not names.isdisjoint(listed)


def _unreadable(text: str, where: str) -> ConfigurationError:
    if any(sign in text for sign in _AT):
        return ConfigurationError(
            "The URL holds a user name or password.", where=where, cure="Use the connection's own fields."
        )
    return ConfigurationError(
        f"{text[:200]!r} is not a full URL of letters, digits and ordinary signs, such as https://host/path.",
        where=where,
        cure=_CURE,
    )
