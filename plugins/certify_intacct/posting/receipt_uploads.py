"""Adds files to attachments in Intacct: many in a request, each once.

An update adds a file and never replaces one, so what was sent without an answer is looked for before it goes again.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.functions import Function, update_supdoc
from certify_intacct.model.errors import AnswerTooLarge, AnswerUnreadable, ConnectorError, RequestRefused
from certify_intacct.posting.attachments import files_there
from certify_intacct.posting.receipt_files import is_named_after
from certify_intacct.staging import receipts

if TYPE_CHECKING:
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.receipts import OpenReceipt

# Files go inline; nobody says how large a request may be, so requests are kept moderate.
REQUEST_BYTES = 8_000_000


@dataclass(kw_only=True)
class Upload:
    """Files for one attachment, by receipt ID, that go in one function."""

    attachment_id: str
    files: dict[str, dict[str, str]] = field(default_factory=dict)


class ReceiptUploads:
    """Sends files, and notes in the ledger what became of each receipt.

    ``counts`` says how many files are there since (``attached``); ``problems``, by attachment ID, why others are not.
    """

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        self.database = run.database
        self.company = run.company.intacct_company_id
        self.folder = run.configuration.posting.receipts.folder
        self.attached = 0
        self.problems: dict[str, str] = {}

    def send_all(self, files: Iterable[tuple[OpenReceipt, dict[str, str]]]) -> None:
        """Sends files as they come, as many in a request as its size allows.

        :raises ConnectorError: Intacct cannot be worked with; what was sent before is noted
        """
        for batch in _batches(files, self.run.configuration.posting.sending.batch_size):
            self._send(batch)

    def settle_by_looking(self, attachment_id: str, receipt_ids: Collection[str]) -> set[str]:
        """Notes which of the receipts are files already, by looking, and gives them."""
        names = files_there(self.run, attachment_id) or set()
        there = {receipt for receipt in receipt_ids if any(is_named_after(name, receipt) for name in names)}
        self._attached(attachment_id, there)
        return there

    def failed(self, attachment_id: str, receipt_ids: Iterable[str], problem: str, *, answered: bool = True) -> None:
        """Notes that receipts wait for the next run, and why.

        :param answered: whether it is known that they are not there
        """
        self.problems[attachment_id] = problem
        with self.database.connection() as connection:
            receipts.failed(connection, self.company, attachment_id, receipt_ids, problem, answered=answered)

    def _send(self, batch: Sequence[Upload]) -> None:
        with self.database.connection() as connection:
            carried = [(upload.attachment_id, receipt) for upload in batch for receipt in upload.files]
            receipts.sending(connection, self.company, carried)
        try:
            results = self.run.hook.send([self._function(upload) for upload in batch])
        except AnswerUnreadable as error:
            for upload in batch:
                self._look(upload, f"The answer was lost: {error}", answered=False)
        except RequestRefused as error:
            if len(batch) == 1:
                self.failed(batch[0].attachment_id, batch[0].files, str(error))
            else:
                for upload in batch:
                    self._send([upload])
        except ConnectorError as error:
            for upload in batch:
                self.failed(upload.attachment_id, upload.files, f"Not executed: {error}")
            raise
        else:
            for upload, result in zip(batch, results, strict=True):
                if result.succeeded:
                    self._attached(upload.attachment_id, upload.files)
                else:
                    self._look(upload, str(explain(result.errors)), answered=True)

    def _look(self, upload: Upload, problem: str, *, answered: bool) -> None:
        """Sees what became of an upload that did not succeed: an earlier one, whose answer was lost, may have brought some of it."""
        try:
            there = self.settle_by_looking(upload.attachment_id, upload.files)
        except AnswerTooLarge as error:
            problem, there = f"{problem} What Intacct has of it cannot be looked at: {error}", set()
        rest = {receipt: file for receipt, file in upload.files.items() if receipt not in there}
        if rest and there and answered:
            self._send([Upload(attachment_id=upload.attachment_id, files=rest)])
        elif rest:
            self.failed(upload.attachment_id, rest, problem, answered=answered)

    def _function(self, upload: Upload) -> Function:
        fields = {
            "supdocid": upload.attachment_id,
            "supdocfoldername": self.folder,
            "attachments": list(upload.files.values()),
        }
        return update_supdoc(fields, control_id=str(uuid.uuid4()))

    def _attached(self, attachment_id: str, receipt_ids: Iterable[str]) -> None:
        settled = dict.fromkeys(receipt_ids, "")
        with self.database.connection() as connection:
            receipts.settle(connection, self.company, attachment_id, settled)
        self.attached += len(settled)


def _batches(files: Iterable[tuple[OpenReceipt, dict[str, str]]], most: int) -> Iterator[list[Upload]]:
    """Uploads of one request each; the files of an attachment that lie side by side go in one function.

    :param most: functions in a request
    """
    batch: list[Upload] = []
    size = 0
    for receipt, file in files:
        bytes_of_it = len(file["attachmentdata"])
        is_next = not batch or batch[-1].attachment_id != receipt.attachment_id
        if batch and (size + bytes_of_it > REQUEST_BYTES or (is_next and len(batch) >= most)):
            yield batch
            batch, size, is_next = [], 0, True
        if is_next:
            batch.append(Upload(attachment_id=receipt.attachment_id))
        batch[-1].files[receipt.receipt_id] = file
        size += bytes_of_it
    if batch:
        yield batch
