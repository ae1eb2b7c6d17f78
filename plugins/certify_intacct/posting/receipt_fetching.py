"""Fetches receipts from Certify side by side, and says of each whether it may become a file, never will, or cannot be had just now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certify_intacct.model.errors import (
    AnswerTooLarge,
    AnswerUnreadable,
    RequestRefused,
    ServiceUnavailable,
)
from certify_intacct.posting.receipt_files import Absent, Refused, file_of, longest_answer
from certify_intacct.rules.texts import readable
from certify_intacct.transport.side_by_side import in_order

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.staging.receipts import OpenReceipt

# Certify's own IDs are GUIDs. This one stands on a line as a text, and goes into an address.
_RECEIPT_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
# One that Certify does not give may be the fault of that receipt; so many one after the other are Certify's.
OUTAGE = 5


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What became of the question for a receipt: one of the three.

    :param file: as Intacct takes it
    :param left_out: why it will never be a file
    :param problem: why it cannot be had just now
    :param outage: that problem, where Certify did not answer at all
    """

    receipt: OpenReceipt
    file: dict[str, str] | None = None
    left_out: str = ""
    problem: str = ""
    outage: ServiceUnavailable | None = None


class ReceiptFetcher:
    """Asks Certify for receipts, so many at once as its connection allows.

    :param megabytes: the largest that becomes a file
    """

    def __init__(self, certify: CertifyHook, *, megabytes: int) -> None:
        self.certify = certify
        self.megabytes = megabytes
        self._without_answer = 0

    def fetched(self, receipts: Sequence[OpenReceipt]) -> Iterator[Fetched]:
        """What becomes of each, in their order.

        :raises ServiceUnavailable: Certify gives none of several
        :raises ConnectorError: Certify cannot be worked with at all
        """
        with closing(in_order(self._fetch, receipts, self.certify.requests_at_once)) as answers:
            for fetched in answers:
                self._without_answer = self._without_answer + 1 if fetched.outage else 0
                if fetched.outage and self._without_answer >= OUTAGE:
                    raise fetched.outage
                yield fetched

    def _fetch(self, receipt: OpenReceipt) -> Fetched:
        if not _RECEIPT_ID.fullmatch(receipt.receipt_id):
            return Fetched(receipt=receipt, left_out=f"{readable(receipt.receipt_id, 100)!r}, which is no receipt's ID")
        try:
            record = self.certify.get("receipts", receipt.receipt_id, most_bytes=longest_answer(self.megabytes))
            return Fetched(receipt=receipt, file=file_of(receipt.receipt_id, record, self.megabytes))
        except AnswerTooLarge:
            return Fetched(receipt=receipt, left_out=f"larger than {self.megabytes} MB")
        except Refused as refused:
            return Fetched(receipt=receipt, left_out=str(refused))
        except ServiceUnavailable as error:
            return Fetched(receipt=receipt, problem=str(error), outage=error)
        except (Absent, AnswerUnreadable, RequestRefused) as error:
            return Fetched(receipt=receipt, problem=str(error))
