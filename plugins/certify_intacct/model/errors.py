"""Kinds of error. The kind decides what happens next (retry, hold, stop); the text is for the person who reads it.

Every error reads as one paragraph: where it happened, what is wrong, what to do. Nothing here may carry a secret: whoever raises
has redacted what came from a service.

For a request that writes, the kinds divide the world in two, and nothing else does: `AnswerUnreadable` means that nobody knows
whether it was executed; every other kind means that it provably was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ConnectorError(Exception):
    """Anything that this project refuses or that failed, said in plain words.

    :param message: what is wrong.
    :param where: the place as the reader knows it: a connection, an object, a file and line.
    :param cure: what the reader can do about it.
    """

    def __init__(self, message: str, *, where: str | None = None, cure: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        if not self.cure:
            return text
        return f"{text if text.endswith(('.', '!', '?')) else text + '.'} {self.cure}"


class ConfigurationError(ConnectorError):
    """A setting or a connection is missing or wrong. Trying again changes nothing."""


class CredentialsRefused(ConnectorError):
    """The service does not accept who we say we are."""


class PermissionDenied(ConnectorError):
    """We are known, but this is not allowed to us."""


class RateLimited(ConnectorError):
    """The service asks us to slow down.

    :param retry_after: seconds the service asked us to wait, when it said so.
    """

    def __init__(
        self, message: str, *, where: str | None = None, cure: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, where=where, cure=cure)
        self.retry_after = retry_after


class ServiceUnavailable(ConnectorError):
    """The service cannot answer just now. For a write: it never received the request, or refused it as a whole.

    :param retry_after: seconds the service asked us to wait, when it said so.
    """

    def __init__(
        self, message: str, *, where: str | None = None, cure: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, where=where, cure=cure)
        self.retry_after = retry_after


class AnswerUnreadable(ConnectorError):
    """The answer never came or is not well-formed. A write is then in doubt; a read may be asked again."""


class AnswerTooLarge(AnswerUnreadable):
    """The answer is larger than it may be and was not read to its end. Asking again changes nothing."""


class BooksDiffer(ConnectorError):
    """What Certify processed and what stands in Intacct are not the same. Trying again changes nothing; a person has to act."""


class IncompleteAnswer(ConnectorError):
    """The records received are not as many as the service says there are."""


class RequestRefused(ConnectorError):
    """The request as a whole is not acceptable to the service (its schema, for example); none of it was executed.

    :param errors: what the service said, most specific first.
    """

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        cure: str | None = None,
        errors: Sequence[IntacctError] = (),
    ) -> None:
        super().__init__(message, where=where, cure=cure)
        self.errors = tuple(errors)


@dataclass(frozen=True)
class IntacctError:
    """One `<error>` of the Sage Intacct gateway, as received but unescaped.

    Texts are without the Support ID, which stands by itself. `description` is usually empty and the text is in `description2`
    (Intacct XML gateway reference, Responses and errors).
    """

    errorno: str = ""
    description: str = ""
    description2: str = ""
    correction: str = ""
    support_id: str = ""

    @property
    def text(self) -> str:
        """The vendor's own words, without repeating itself."""
        parts = [part for part in (self.description, self.description2, self.correction) if part]
        return " ".join(dict.fromkeys(parts)) or self.errorno or "no text given"

    def __str__(self) -> str:
        number = f" ({self.errorno})" if self.errorno and self.errorno not in self.text else ""
        support = f" [Support ID: {self.support_id}]" if self.support_id else ""
        return f"{self.text}{number}{support}"


class FunctionFailed(ConnectorError):
    """Intacct carried out the request but refused this function.

    :param errors: what the service said, most specific first.
    :param reason: the kind of refusal (see certify_intacct.intacct.errors), such as "closed_period" or "duplicate".
    """

    def __init__(
        self,
        message: str = "",
        *,
        errors: Sequence[IntacctError] = (),
        reason: str = "other",
        where: str | None = None,
        cure: str | None = None,
    ) -> None:
        super().__init__(message or "; ".join(str(error) for error in errors), where=where, cure=cure)
        self.errors = tuple(errors)
        self.reason = reason


class RecordRefused(ConnectorError):
    """Certify refused this one record."""


class GuardTripped(ConnectorError):
    """A guard stopped the run before it could do harm: wrong company, too many changes, a shrunken extract."""


class BadInput(ConnectorError):
    """What we were given cannot be sent as it is: a control character, a float for an amount, a value too long."""
