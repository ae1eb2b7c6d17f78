"""Certify is asked about single reports: one that it cannot tell, whatever stands in its answer, stops no other.

Nobody publishes how Certify answers for a report that is gone, damaged or locked, and an answer that nobody understands comes again
tomorrow. Several of them mean that Certify cannot be asked at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify_intacct.model.errors import (
    AnswerUnreadable,
    ConnectorError,
    IncompleteAnswer,
    PermissionDenied,
    RequestRefused,
    ServiceUnavailable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certify_intacct.certify.reports import CertifyReports

#: What Certify may answer about one report and not about the others.
UNTOLD = (AnswerUnreadable, IncompleteAnswer, PermissionDenied, RequestRefused, ServiceUnavailable)
_MOST = 5
# Each of these took all its attempts: the second one is Certify's own.
_OUTAGE = 3


@dataclass(frozen=True)
class Untold:
    """That Certify does not say what a report is; ``reason`` says why, for a person."""

    reason: str


class OneByOne:
    """Asks for headers one by one, and counts those that are not told."""

    def __init__(self, certify: CertifyReports) -> None:
        self._certify = certify
        self._weight = 0

    def header(self, report_id: str) -> Mapping[str, Any] | Untold | None:
        """A header; None when Certify has no such report.

        :raises ConnectorError: Certify cannot be asked
        """
        try:
            return self._certify.get("expensereports", report_id)
        except UNTOLD as error:
            return self.bear(error)

    def bear(self, error: ConnectorError) -> Untold:
        """What is said of a report for which this was the answer.

        :raises ConnectorError: the same, when it is not of that report alone
        """
        self._weight += _OUTAGE if isinstance(error, ServiceUnavailable) else 1
        if self._weight > _MOST:
            raise error
        return Untold(str(error))
