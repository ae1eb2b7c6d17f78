"""Puts receipts into Intacct as attachments: one for each report, its files added as they come.

An attachment has the report's token as its ID, so it is made at most once whatever is lost on the way: a second creation is refused by
Intacct as a duplicate.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct import errors as reasons
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.functions import Function, create_supdoc, create_supdocfolder, get_list, update_supdoc
from certify_intacct.model.errors import AnswerUnreadable, RequestRefused

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Database

log = logging.getLogger(__name__)

_NAME = re.compile(r"[^\w. -]+")
_BYTES_PER_BASE64 = 3 / 4


class Receipts:
    """Attaches receipts.

    :param load_id: the load whose staged lines name the receipts
    """

    def __init__(
        self,
        *,
        hook: SageIntacctHook,
        certify: CertifyHook,
        database: Database,
        configuration: Configuration,
        load_id: int,
    ) -> None:
        self.hook = hook
        self.certify = certify
        self.database = database
        self.company = configuration.company
        self.options = configuration.posting.receipts
        self.load_id = load_id
        self._folder_ready = False

    def provide(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """Makes sure that attachments exist with every receipt that is known now.

        :param wanted: attachment ID to report ID
        :returns: what went wrong, by attachment ID; documents that point to these cannot be sent
        """
        if not wanted:
            return {}
        problems: dict[str, str] = {}
        named = self._named(wanted.values())
        sent = self._sent(wanted)
        self._make_folder()
        for attachment_id, report_id in sorted(wanted.items()):
            missing = [receipt for receipt in named.get(report_id, ()) if receipt not in sent.get(attachment_id, set())]
            if not missing:
                continue
            problem = self._send(attachment_id, missing, exists=attachment_id in sent)
            if problem:
                problems[attachment_id] = f"The receipts could not be attached: {problem}"
        return problems

    def late(self) -> int:
        """Adds receipts that came after their report was posted; returns how many reports got some."""
        with self.database.connection() as connection:
            rows = connection.execute(
                """
                SELECT DISTINCT d.token, d.report_id FROM ops.extract x
                JOIN staging.certify_expense e ON e.load_id = x.source_load_id
                JOIN ledger.document d ON d.report_id = e.report_id AND d.certify_company = %(certify)s
                WHERE x.load_id = %(load)s AND x.stream = 'certify_expenses' AND coalesce(e.receipt_id, '') <> ''
                  AND d.state IN ('accepted', 'in_gl')
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
                made.raise_for_failure(where=f"attachment folder {name}")
        self._folder_ready = True

    def _send(self, attachment_id: str, receipt_ids: Sequence[str], *, exists: bool) -> str:
        files, kept = self._files(receipt_ids)
        fields: dict[str, Any] = {"supdocid": attachment_id, "supdocfoldername": self.options.folder}
        if files:
            fields["attachments"] = files
        verb = "add" if exists else "create"
        control_id = f"{self.company.intacct_company_id}/{attachment_id}/{verb}/{receipt_ids[0]}/{len(receipt_ids)}"
        function = (update_supdoc if exists else create_supdoc)(fields, control_id=control_id)
        if not exists or files:
            problem, there = self._once(function)
            if there and not exists:
                # It was made before, by a request whose answer was lost: whatever it lacks is added.
                return self._send(attachment_id, receipt_ids, exists=True)
            if problem:
                return problem
        with self.database.connection() as connection:
            connection.cursor().executemany(
                "INSERT INTO ledger.receipt (intacct_company, attachment_id, receipt_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [(self.company.intacct_company_id, attachment_id, receipt) for receipt in kept],
            )
        return ""

    def _once(self, function: Function) -> tuple[str, bool]:
        """Sends it; gives what went wrong, and whether it was there already."""
        try:
            (result,) = self.hook.send([function], unique=True)
        except (AnswerUnreadable, RequestRefused) as error:
            return str(error), False
        if result.succeeded:
            return "", False
        meaning = explain(result.errors)
        there = meaning.reason in (reasons.DUPLICATE, reasons.REPLAY) or "already exists" in meaning.text
        return ("", True) if there else (meaning.text, False)

    def _files(self, receipt_ids: Sequence[str]) -> tuple[list[dict[str, str]], list[str]]:
        """The files that can be sent, and the receipts that are settled by that (too large or empty ones included)."""
        files: list[dict[str, str]] = []
        for receipt_id in receipt_ids:
            record = self.certify.get("receipts", receipt_id)
            data = "".join(str((record or {}).get("ReceiptImage") or "").split())
            size = len(data) * _BYTES_PER_BASE64
            if not data or size > self.options.largest_megabytes * 1_000_000:
                log.warning(
                    "Receipt %s is %s and is not attached.", receipt_id, "larger than the limit" if data else "empty"
                )
                continue
            name = _NAME.sub("_", str((record or {}).get("Filename") or receipt_id))
            stem, _, extension = name.rpartition(".")
            files.append(
                {
                    "attachmentname": f"{(stem or name)[:40]}-{receipt_id[:8]}",
                    "attachmenttype": extension[:8] if stem else "bin",
                    "attachmentdata": data,
                }
            )
        return files, list(receipt_ids)
