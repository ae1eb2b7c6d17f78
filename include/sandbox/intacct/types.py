"""What the functions of the gateway are given and what they give back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from lxml import etree

Element = etree._Element


@dataclass(frozen=True, slots=True)
class Failure:
    """One `<error>` of an answer.

    `errorid`, `messageid` and `placeholders` show in `<additionalinfo>` when a request asks for it.
    """

    errorno: str
    description2: str = ""
    description: str = ""
    correction: str = ""
    support_id: bool = False
    errorid: str = ""
    category: str = ""
    messageid: str = ""
    placeholders: tuple[tuple[str, str], ...] = ()


class FunctionFailed(Exception):
    """A function failed.

    The most specific error first. Everything it wrote is rolled back. `data` may still be shown.
    """

    def __init__(self, *errors: Failure, data: Element | None = None) -> None:
        super().__init__("; ".join(error.description2 or error.errorno for error in errors))
        self.errors = list(errors)
        self.data = data


class ControlFailed(Exception):
    """The whole request is refused at control level: no operation is run."""

    def __init__(self, errors: Iterable[Failure]) -> None:
        self.errors = list(errors)
        super().__init__("; ".join(error.description2 for error in self.errors))


class GatewayFailed(Exception):
    """The proxy in front of the gateway refuses: a bare control block and an HTTP status."""

    def __init__(self, status: int, errorno: str, description: str) -> None:
        super().__init__(description)
        self.status, self.errorno, self.description = status, errorno, description


class SignInFailed(Exception):
    """The authentication block is refused. A bad session names neither user nor company."""

    def __init__(self, error: Failure, *, user: str = "", company: str = "") -> None:
        super().__init__(error.description2)
        self.error, self.user, self.company = error, user, company


@dataclass(frozen=True, slots=True)
class Session:
    """Who calls, for which company, in which entity ("" is the top level), and now when (the sandbox's clock, UTC)."""

    id: str
    sender: str
    company: str
    user: str
    entity: str
    started: datetime
    expires: datetime
    now: datetime
    endpoint: str = ""

    def at(self, entity: str) -> Session:
        """The same session in another entity."""
        return replace(self, entity=entity)


@dataclass(slots=True)
class Outcome:
    """What one function came to.

    `data` is the whole `<data>` element; `key` (legacy functions) and `listtype` (get_list) stand before it; `body` is
    an answer that replaces the whole response (csv and json returnformat), with its media type. `errors` not empty
    means failure: what the function wrote is rolled back, unless `keep` (several objects in one create, where those
    before the failing one stay). `read` and `written` count records, `object` names what the call is counted under
    ("query APBILL").
    """

    data: Element | None = None
    key: str | None = None
    listtype: Element | None = None
    errors: list[Failure] = field(default_factory=list)
    read: int = 0
    written: int = 0
    object: str = ""
    body: tuple[str, bytes] | None = None
    keep: bool = False
