"""The address of a database as somebody wrote it, with its password in it: what is wrong with it is said without any of it.

libpq tells what it does not understand by quoting it, and takes a password with signs of its own in it for a host or a port, which
it tells as well.
"""

from __future__ import annotations

import re

from certify_intacct.model.errors import ConfigurationError

# Of RFC 3986 what libpq takes (PostgreSQL, Connection URIs): in user and password nothing that means something in a URL.
_PART = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
_URL = re.compile(rf"postgres(?:ql)?://(?:{_PART}(?::{_PART})?@)?[A-Za-z0-9.,:_%\[\]-]*(?:/{_PART})?(?:\?[^\s#@]*)?")


def checked(url: str, *, where: str) -> str:
    """The address, when everybody reads the same out of it.

    :param where: where a person finds it
    :raises ConfigurationError: it is of another form; nothing of it is told
    """
    if not _URL.fullmatch(url):
        raise ConfigurationError(
            "This is no address of the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE.",
            where=where,
            cure="Write it so, without the name of a driver, and each sign of the password that is no letter, digit, '-', '.', '_' "
            "or '~' as a percent sign with two digits (@ is %40, / is %2F).",
        )
    return url
