"""Makes the attachments that documents point to, before they are sent; their files come later (``receipts``).

An attachment has the report's token as its ID, so it is made at most once whatever is lost on the way. Whether Intacct takes one
without a file is not published: where it does not, a cover sheet is its first file, so that no posted document has to be changed.
Intacct's XML gateway reference, Company > Attachments.
"""

from __future__ import annotations

import base64
import logging
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct import error_catalog as reasons
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.functions import Function, create_supdoc, create_supdocfolder, get_list
from certify_intacct.model.errors import AnswerTooLarge, AnswerUnreadable, RequestRefused
from certify_intacct.staging import company_facts, receipts

if TYPE_CHECKING:
    from certify_intacct.posting.posting_run import PostingRun

log = logging.getLogger(__name__)

#: Whether Intacct takes an attachment without a file; no fact, as long as none was refused.
EMPTY_FACT = "empty_attachments"
# A request whose answer is lost goes out once more: what the first one made is refused as a duplicate.
_TRIES = 2


class Attachments:
    """Makes attachments, and notes which receipts are to become their files."""

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        self.hook = run.hook
        self.database = run.database
        self.company = run.company.intacct_company_id
        self.folder = run.configuration.posting.receipts.folder
        self._folder_is_there = False
        self._takes_empty = True
        self._reports: Mapping[str, str] = {}

    def make(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """Makes sure that attachments exist.

        :param wanted: report ID by attachment ID
        :returns: why one could not be made, by attachment ID; documents that point to these cannot be sent
        :raises ConnectorError: Intacct cannot be worked with
        """
        if not wanted:
            return {}
        self._reports = wanted
        with self.database.connection() as connection:
            receipts.queue(connection, self.company, self.run.load_id, wanted)
            missing = sorted(wanted.keys() - receipts.made(connection, self.company, wanted))
            takes_empty = company_facts.fact(connection, self.company, EMPTY_FACT) is not False
        if missing:
            self._make_folder()
        problems: dict[str, str] = {}
        size = self.run.configuration.posting.sending.batch_size
        for start in range(0, len(missing), size):
            problems |= self._make(missing[start : start + size], empty=takes_empty and self._takes_empty)
        return problems

    def _make_folder(self) -> None:
        if self._folder_is_there or self._folder_found():
            return
        function = create_supdocfolder({"supdocfoldername": self.folder}, control_id=str(uuid.uuid4()))
        (made,) = self.hook.send([function])
        # In words that nobody knows it may be there all the same.
        if not made.succeeded and explain(made.errors).reason != reasons.DUPLICATE and not self._folder_found():
            made.raise_for_failure(where=f"attachment folder {self.folder}")
        self._folder_is_there = True

    def _folder_found(self) -> bool:
        (result,) = self.hook.send([get_list("supdocfolder", conditions=[("name", "=", self.folder)], max_items=1)])
        result.raise_for_failure(where="attachment folders")
        self._folder_is_there = bool(result.records)
        return self._folder_is_there

    def _make(self, batch: Sequence[str], *, empty: bool, tries: int = _TRIES) -> dict[str, str]:
        """Makes attachments by one request; gives why one could not be made, by ID."""
        try:
            results = self.hook.send([self._function(attachment_id, empty=empty) for attachment_id in batch])
        except AnswerUnreadable as error:
            if tries == 1:
                return dict.fromkeys(batch, str(error))
            return self._make(batch, empty=empty, tries=tries - 1)
        except RequestRefused as error:
            return self._all_refused(batch, error, empty=empty)
        refused: dict[str, str] = {}
        for attachment_id, result in zip(batch, results, strict=True):
            if not result.succeeded and (meaning := explain(result.errors)).reason != reasons.DUPLICATE:
                refused[attachment_id] = str(meaning)
        self._remember(set(batch) - refused.keys())
        if refused and empty:
            return self._with_cover(list(refused))
        # In words that nobody knows: it may have been made by a request whose answer was lost.
        there = {attachment_id for attachment_id in refused if self._is_there(attachment_id)}
        self._remember(there)
        return {attachment_id: words for attachment_id, words in refused.items() if attachment_id not in there}

    def _all_refused(self, batch: Sequence[str], error: RequestRefused, *, empty: bool) -> dict[str, str]:
        if empty:
            return self._with_cover(batch)
        if len(batch) == 1:
            return {batch[0]: str(error)}
        problems: dict[str, str] = {}
        for attachment_id in batch:
            problems |= self._make([attachment_id], empty=False)
        return problems

    def _with_cover(self, batch: Sequence[str]) -> dict[str, str]:
        """Makes those with a cover sheet that Intacct did not take empty; one that is there already says nothing about that."""
        first, *others = batch
        if self._is_there(first):
            self._remember({first})
            return self._make(others, empty=True) if others else {}
        problems = self._make([first], empty=False)
        if not problems:
            self._takes_empty = False
            with self.database.connection() as connection:
                company_facts.store(connection, self.company, EMPTY_FACT, value=False)
            log.info("Intacct takes no attachment without a file: each gets a cover sheet before its receipts come.")
        return problems | (self._make(others, empty=False) if others else {})

    def _function(self, attachment_id: str, *, empty: bool) -> Function:
        fields: dict[str, Any] = {"supdocid": attachment_id, "supdocfoldername": self.folder}
        if not empty:
            fields["attachments"] = [_cover(self._reports[attachment_id])]
        return create_supdoc(fields, control_id=str(uuid.uuid4()))

    def _is_there(self, attachment_id: str) -> bool:
        try:
            return files_there(self.run, attachment_id) is not None
        except AnswerTooLarge:
            # Files come with the answer, and only of one that is there.
            return True

    def _remember(self, attachment_ids: Collection[str]) -> None:
        if attachment_ids:
            with self.database.connection() as connection:
                receipts.remember_made(connection, self.company, attachment_ids)


def files_there(run: PostingRun, attachment_id: str) -> set[str] | None:
    """The names of the files of an attachment as Intacct has them; None when it has no such attachment.

    :raises AnswerTooLarge: its files come with the answer, and are too much for it
    """
    (result,) = run.hook.send([get_list("supdoc", conditions=[("supdocid", "=", attachment_id)], max_items=1)])
    result.raise_for_failure(where=f"attachment {attachment_id}")
    if not result.records:
        return None
    block = result.records[0].get("attachments") or {}
    # One file is a dict, several are a list of them.
    files = block.get("attachment", []) if isinstance(block, dict) else []
    listed = files if isinstance(files, list) else [files]
    return {str(file.get("attachmentname")) for file in listed if isinstance(file, dict)}


def _cover(report_id: str) -> dict[str, str]:
    text = f"The receipts of expense report {report_id} of Emburse Certify. Each becomes a file of its own beside this one.\r\n"
    return {
        "attachmentname": "Cover sheet",
        "attachmenttype": "txt",
        "attachmentdata": base64.b64encode(text.encode()).decode(),
    }
