"""Puts receipts into Intacct as attachments: one for each report, its files added as they come.

An attachment has the report's token as its ID, so it is made at most once whatever is lost on the way: a second creation is refused by
Intacct as a duplicate.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct import errors as reasons
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.functions import Function, create_supdoc, create_supdocfolder, get_list, update_supdoc
from certify_intacct.model.errors import AnswerTooLarge, AnswerUnreadable, ConnectorError, RequestRefused
from certify_intacct.posting.receipt_files import Refused, file_of, longest_answer
from certify_intacct.rules.texts import readable
from certify_intacct.transport.side_by_side import in_order

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.posting.posting_run import PostingRun

log = logging.getLogger(__name__)

# Certify's own IDs are GUIDs. This one stands on a line as a text, and goes into an address and a control ID.
_RECEIPT_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
# Files go inline; nobody says how large a request may be, so requests are kept moderate.
REQUEST_BYTES = 8_000_000


@dataclass(frozen=True, kw_only=True)
class Upload:
    """Receipts that an attachment lacks.

    :param exists: whether the attachment was made already
    :param again: under a control ID of its own, because the usual one is used up and the files are not there
    :param files: as Intacct gets them, by receipt ID; a receipt that is no file for Intacct has none
    """

    attachment_id: str
    receipt_ids: tuple[str, ...]
    exists: bool
    again: bool = False
    files: dict[str, dict[str, str]] = field(default_factory=dict)


class Receipts:
    """Attaches the receipts that the staged lines of a load name."""

    def __init__(self, run: PostingRun, *, certify: CertifyHook) -> None:
        self.hook = run.hook
        self.certify = certify
        self.database = run.database
        self.company = run.company
        self.options = run.configuration.posting.receipts
        self.batch_size = run.configuration.posting.sending.batch_size
        self.load_id = run.load_id
        self._folder_ready = False
        #: What was left out of an attachment and why, by attachment ID.
        self.left_out: dict[str, list[str]] = defaultdict(list)

    def provide(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """Makes sure that attachments exist with every receipt that is known now.

        :param wanted: attachment ID to report ID
        :returns: what went wrong, by attachment ID; documents that point to these cannot be sent
        """
        if not wanted:
            return {}
        named = self._named(wanted.values())
        problems = {
            attachment_id: f"a line names the receipt {readable(unknown[0], 100)!r}, which is no receipt's ID"
            for attachment_id, report_id in wanted.items()
            if (unknown := [receipt for receipt in named.get(report_id, ()) if not _RECEIPT_ID.fullmatch(receipt)])
        }
        sent = self._sent(wanted)
        self._make_folder()
        uploads = [
            Upload(attachment_id=attachment_id, receipt_ids=tuple(missing), exists=attachment_id in sent)
            for attachment_id, report_id in sorted(wanted.items())
            if attachment_id not in problems
            and (
                missing := [
                    receipt for receipt in named.get(report_id, ()) if receipt not in sent.get(attachment_id, set())
                ]
            )
        ]
        for batch in self._batches(uploads, problems):
            problems |= self._send(batch)
        return {
            attachment_id: f"The receipts could not be attached: {problem} The next run tries it again; it does not attach what was "
            "taken off in Certify, and attaches none under posting.receipts.attach: false."
            for attachment_id, problem in problems.items()
        }

    def late(self) -> int:
        """Adds receipts that came after their report was posted; returns how many reports got some."""
        with self.database.connection() as connection:
            rows = connection.execute(
                """
                SELECT DISTINCT d.token, d.report_id FROM ops.extract x
                JOIN staging.certify_expense e ON e.load_id = x.source_load_id
                JOIN ledger.document d ON d.report_id = e.report_id AND d.certify_company = %(certify)s
                WHERE x.load_id = %(load)s AND x.stream = 'certify_expenses' AND coalesce(e.receipt_id, '') <> ''
                  AND d.state IN ('accepted', 'in_gl', 'declined')
                  AND EXISTS (SELECT 1 FROM ledger.receipt r WHERE r.attachment_id = d.token)
                  AND NOT EXISTS (SELECT 1 FROM ledger.receipt r WHERE r.attachment_id = d.token AND r.receipt_id = e.receipt_id)
                """,
                {"load": self.load_id, "certify": self.company.certify_company},
            ).fetchall()
        wanted = {row["token"]: row["report_id"] for row in rows}
        problems = self.provide(wanted)
        for problem in problems.values():
            log.warning("%s", problem)
        return len(wanted) - len(problems)

    def _named(self, report_ids: Iterable[str]) -> dict[str, list[str]]:
        named: dict[str, list[str]] = defaultdict(list)
        with self.database.connection() as connection:
            for row in connection.execute(
                """
                SELECT e.report_id, e.receipt_id FROM ops.extract x JOIN staging.certify_expense e ON e.load_id = x.source_load_id
                WHERE x.load_id = %s AND x.stream = 'certify_expenses' AND e.report_id = ANY(%s) AND coalesce(e.receipt_id, '') <> ''
                GROUP BY 1, 2 ORDER BY 1, 2
                """,
                [self.load_id, list(set(report_ids))],
            ):
                named[row["report_id"]].append(row["receipt_id"])
        return named

    def _sent(self, attachment_ids: Iterable[str]) -> dict[str, set[str]]:
        sent: dict[str, set[str]] = defaultdict(set)
        with self.database.connection() as connection:
            for row in connection.execute(
                "SELECT attachment_id, receipt_id FROM ledger.receipt WHERE intacct_company = %s AND attachment_id = ANY(%s)",
                [self.company.intacct_company_id, list(attachment_ids)],
            ):
                sent[row["attachment_id"]].add(row["receipt_id"])
        return sent

    def _make_folder(self) -> None:
        if self._folder_ready:
            return
        name = self.options.folder
        (result,) = self.hook.send([get_list("supdocfolder", conditions=[("name", "=", name)], max_items=1)])
        result.raise_for_failure(where="attachment folders")
        if not result.records:
            function = create_supdocfolder(
                {"supdocfoldername": name}, control_id=f"{self.company.intacct_company_id}/folder/{name}"
            )
            (made,) = self.hook.send([function], unique=True)
            if not made.succeeded and explain(made.errors).reason not in (reasons.DUPLICATE, reasons.REPLAY):
                # In words that nobody knows, it may be the replay of a request whose answer was lost.
                (result,) = self.hook.send([get_list("supdocfolder", conditions=[("name", "=", name)], max_items=1)])
                if not result.records:
                    made.raise_for_failure(where=f"attachment folder {name}")
        self._folder_ready = True

    def _batches(self, uploads: Sequence[Upload], problems: dict[str, str]) -> Iterator[list[tuple[Upload, Function]]]:
        """The functions that upload, as many in a request as its size allows."""
        batch: list[tuple[Upload, Function]] = []
        size = 0
        named = [(upload.attachment_id, receipt_id) for upload in uploads for receipt_id in upload.receipt_ids]
        with closing(in_order(self._fetched, named, self.certify.requests_at_once)) as files:
            for upload in uploads:
                fetched = islice(files, len(upload.receipt_ids))
                for part in self._parts(upload, fetched, problems):
                    function = self._function(part)
                    if batch and (size + len(function.xml) > REQUEST_BYTES or len(batch) >= self.batch_size):
                        yield batch
                        batch, size = [], 0
                    batch.append((part, function))
                    size += len(function.xml)
                # What is left of one that cannot be completed.
                deque(fetched, maxlen=0)
        if batch:
            yield batch

    def _fetched(self, named: tuple[str, str]) -> dict[str, str] | ConnectorError | None:
        """The file of a receipt (see ``_file``), or why it cannot be had just now: it is not left out then, and its report waits."""
        try:
            return self._file(*named)
        except (AnswerUnreadable, RequestRefused) as error:
            return error

    def _parts(
        self, upload: Upload, fetched: Iterable[dict[str, str] | ConnectorError | None], problems: dict[str, str]
    ) -> Iterator[Upload]:
        """The upload with its files, in parts when they are too large for one request.

        :param fetched: of each receipt
        :param problems: gets the reason why an attachment cannot be completed
        """
        size = 0
        part = replace(upload, receipt_ids=(), files={})
        for receipt_id, file in zip(upload.receipt_ids, fetched, strict=False):
            if isinstance(file, ConnectorError):
                problems[upload.attachment_id] = f"receipt {receipt_id}: {file}"
                break
            if file and part.files and size + len(file["attachmentdata"]) > REQUEST_BYTES:
                yield part
                size, part = 0, replace(part, receipt_ids=(), files={}, exists=True)
            files = part.files | ({receipt_id: file} if file else {})
            part = replace(part, receipt_ids=(*part.receipt_ids, receipt_id), files=files)
            size += len(file["attachmentdata"]) if file else 0
        if part.files or (part.receipt_ids and not part.exists):
            yield part
        else:
            self._remember(part)

    def _file(self, attachment_id: str, receipt_id: str) -> dict[str, str] | None:
        """The file that can be sent; one that is none, or too large, is named and left out."""
        megabytes = self.options.largest_megabytes
        try:
            record = self.certify.get("receipts", receipt_id, most_bytes=longest_answer(megabytes))
            return file_of(receipt_id, record, megabytes)
        except AnswerTooLarge:
            why = f"larger than {megabytes} MB"
        except Refused as refused:
            why = str(refused)
        text = f"Receipt {receipt_id} is {why}, and is not attached."
        log.warning("%s", text)
        self.left_out[attachment_id].append(text)
        return None

    def _function(self, upload: Upload) -> Function:
        fields: dict[str, Any] = {"supdocid": upload.attachment_id, "supdocfoldername": self.options.folder}
        if upload.files:
            fields["attachments"] = list(upload.files.values())
        what = f"{'add' if upload.exists else 'create'}/{upload.receipt_ids[0]}/{len(upload.receipt_ids)}"
        control_id = f"{self.company.intacct_company_id}/{upload.attachment_id}/{what}"
        if upload.again:
            control_id += f"/{uuid.uuid4()}"
        return (update_supdoc if upload.exists else create_supdoc)(fields, control_id=control_id)

    def _send(self, batch: Sequence[tuple[Upload, Function]]) -> dict[str, str]:
        """Sends one request; gives what went wrong, by attachment ID."""
        try:
            results = self.hook.send([function for _, function in batch], unique=True)
        except (AnswerUnreadable, RequestRefused) as error:
            if len(batch) == 1:
                return {batch[0][0].attachment_id: str(error)}
            # One by one: what was made although the answer is missing is refused as a duplicate, and so known.
            problems: dict[str, str] = {}
            for item in batch:
                problems |= self._send([item])
            return problems
        problems = {}
        for (upload, _), result in zip(batch, results, strict=True):
            if result.succeeded:
                self._remember(upload)
                continue
            # In whatever words it was refused: it may have been made by a request whose answer was lost. Intacct knows.
            problems |= self._refused(upload, explain(result.errors).text)
        return problems

    def _refused(self, upload: Upload, words: str) -> dict[str, str]:
        """Sends what Intacct still lacks; gives what went wrong, by attachment ID."""
        try:
            names = self._files_there(upload.attachment_id)
        except AnswerTooLarge as error:
            return {upload.attachment_id: f"{words} What Intacct has of it cannot be looked at: {error}"}
        left = {receipt: file for receipt, file in upload.files.items() if file["attachmentname"] not in (names or ())}
        if names is not None and not left:
            self._remember(upload)
            return {}
        there = tuple(receipt for receipt in upload.files if receipt not in left)
        self._remember(replace(upload, receipt_ids=there))
        if names is not None and (there or not upload.exists):
            rest = replace(upload, receipt_ids=tuple(left), files=left, exists=True)
            return self._send([(rest, self._function(rest))])
        if not upload.again:
            again = replace(upload, again=True)
            return self._send([(again, self._function(again))])
        return {upload.attachment_id: words}

    def _files_there(self, attachment_id: str) -> set[str] | None:
        """The names of the files of an attachment as Intacct has them; None when it has no such attachment."""
        function = get_list("supdoc", conditions=[("supdocid", "=", attachment_id)], max_items=1)
        (result,) = self.hook.send([function])
        result.raise_for_failure(where=f"attachment {attachment_id}")
        if not result.records:
            return None
        block = result.records[0].get("attachments") or {}
        # One file is a dict, several are a list of them.
        files = block.get("attachment", []) if isinstance(block, dict) else []
        listed = files if isinstance(files, list) else [files]
        return {str(file.get("attachmentname")) for file in listed if isinstance(file, dict)}

    def _remember(self, upload: Upload) -> None:
        with self.database.connection() as connection:
            connection.cursor().executemany(
                "INSERT INTO ledger.receipt (intacct_company, attachment_id, receipt_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [(self.company.intacct_company_id, upload.attachment_id, receipt) for receipt in upload.receipt_ids],
            )
