"""A small company at both services, and expense_sync step by step on it, as its DAG runs it."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg.rows import dict_row

from certify_intacct.decisions.decide import Decider, decide_all
from certify_intacct.model.configuration import load
from certify_intacct.model.decisions import Decision
from certify_intacct.model.errors import BadInput, ConnectorError
from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.intacct_to_staging import CLOSED_BOOKS, SageIntacctToStagingOperator
from certify_intacct.operators.open_items_to_staging import OpenItemsToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from certify_intacct.operators.receipts_to_intacct import ReceiptsToIntacctOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.staging_to_intacct import StagingToIntacctOperator
from certify_intacct.operators.validate import ValidateStagingOperator
from certify_intacct.rules.decisions import ways
from certify_intacct.rules.expenses import identity
from certify_intacct.runs.streams import streams
from certify_intacct.staging import decisions
from certify_intacct.staging.database import Database
from certify_intacct.staging.decisions import OpenItem
from certify_intacct.staging.manifest import advance, reuse_extract
from certify_intacct.staging.streams import STREAMS
from tests import shipped_config

DAY = shipped_config.today() - timedelta(days=3)

INTACCT: dict[str, list[dict[str, str]]] = {
    "LOCATIONENTITY": [
        {"LOCATIONID": "100", "NAME": "Acme US", "CURRENCY": "USD", "STATUS": "active"},
        {"LOCATIONID": "200", "NAME": "Acme Canada", "CURRENCY": "CAD", "STATUS": "active"},
    ],
    "DEPARTMENT": [{"DEPARTMENTID": "30", "TITLE": "Sales", "STATUS": "active"}],
    "VENDTYPE": [{"NAME": "Employee"}, {"NAME": "Supplier"}],
    "CONTACT": [{"CONTACTNAME": "Ana Ruiz", "PRINTAS": "Ana Ruiz", "EMAIL1": "a.ruiz@example.com"}],
    "VENDOR": [
        {
            "VENDORID": "E-1007",
            "NAME": "Ana Ruiz",
            "VENDTYPE": "Employee",
            "DISPLAYCONTACT.CONTACTNAME": "Ana Ruiz",
            "STATUS": "active",
        },
        {"VENDORID": "E-1008", "NAME": "Bo Öst", "VENDTYPE": "Employee", "STATUS": "active"},
    ],
    "GLACCOUNT": [
        {"ACCOUNTNO": "6220", "TITLE": "Travel", "STATUS": "active"},
        {"ACCOUNTNO": "6300", "TITLE": "Meals", "STATUS": "active"},
        {"ACCOUNTNO": "2050", "TITLE": "Cards", "STATUS": "active"},
    ],
    "CREDITCARD": [
        {"CARDID": "CORP-VISA", "DESCRIPTION": "Company Visa", "LIABACCTNO": "2050", "STATUS": "active"},
        {"CARDID": "CORP-AMEX", "DESCRIPTION": "Company Amex", "LIABACCTNO": "2050", "STATUS": "active"},
    ],
}
CATEGORIES = [
    {"Name": "Hotel", "GLCode": "6220", "Active": 1},
    {"Name": "Meals", "GLCode": "6300", "Active": 1},
    {"Name": "Private", "GLCode": "6300", "PersonalExpenses": 1, "Active": 1},
]
COMPRESSED = {"late_commit_minutes": 0, "absence_checks_minutes_apart": 0}


def pass_unjudged(database: Any, load: int) -> None:
    """Has a load stand as if `validate` had passed all of it."""
    with Database(database.loader_url).connection() as connection:
        advance(connection, load, "validated")


def report_id(number: int) -> str:
    """A GUID that a person can read."""
    return f"00000000-0000-4000-8000-{number:012d}"


def document_number(report: int, ordinal: int = 1, letter: str = "B", sequence: int = 1) -> str:
    """The number of a report's document; its letter says of which kind."""
    return f"{identity.token('sandbox', report_id(report))}-{sequence}-{ordinal:03d}{letter}"


class Company:
    """Both services of one company, and the steps of a run on it."""

    def __init__(self, sandbox: Any, database: Any, context: Callable[..., dict[str, Any]], config: Path) -> None:
        self.sandbox = sandbox
        self.database = database
        self.context = context
        self.config = config
        self.runs = 0

    def configure(self, dimensions: dict[str, Any] | None = None, **posting: Any) -> None:
        """Writes connector.yaml anew with other values in section ``posting``, and in ``dimensions`` those that are given."""
        text = shipped_config.content()
        text["company"]["first_post_date"] = "2020-01-01"
        text["posting"]["sending"] |= COMPRESSED
        for name, value in posting.items():
            text["posting"][name] = {**text["posting"][name], **value} if isinstance(value, dict) else value
        for name, value in (dimensions or {}).items():
            text["dimensions"][name] = {**text["dimensions"].get(name, {}), **value}
        self.config.write_text(yaml.safe_dump(text), encoding="utf-8")

    def report(self, number: int, *lines: tuple[str, str] | dict[str, Any], day: Any = DAY, **header: Any) -> str:
        """Adds a processed report; a line is (amount, reimbursable amount) or that with further fields."""
        identity = report_id(number)
        records = [
            self._line(identity, position, line, day)
            for position, line in enumerate(lines or [("100.10", "100.10")], start=1)
        ]
        total = sum((Decimal(record["Amount"]) for record in records), Decimal(0))
        reim = sum((Decimal(record["ReimAmount"]) for record in records), Decimal(0))
        head = {
            "ID": identity, "EmployeeID": "E-1007", "FirstName": "Ana", "LastName": "Ruiz", "ExpenseReportName": f"Trip {number}",
            "Currency": "USD", "TotalAmount": str(total), "ReimAmount": str(reim), "NonReimAmount": str(total - reim),
            "Processed": True, "ProcessedDate": str(day), "SubmittedDate": str(day), "ApprovalCode": str(104000 + number),
            "InitialApproverEmail": "m.chan@example.com", "Status": "Processed", "EmpGLD1Code": "100", "EmpGLD1Name": "Acme US",
        }  # fmt: skip
        self.sandbox.load("certify", "expensereports", [{**head, **header}])
        self.sandbox.load("certify", "expenses", records)
        return identity

    def _line(self, identity: str, position: int, line: Any, day: Any) -> dict[str, Any]:
        given = dict(line) if isinstance(line, dict) else {"Amount": line[0], "ReimAmount": line[1]}
        amount, reim = str(given.pop("Amount")), str(given.pop("ReimAmount"))
        card = {"PaymentCardName": "Corporate Visa", "CCLast": "4821"} if Decimal(reim) != Decimal(amount) else {}
        return {
            "ID": f"{identity[:-4]}{position:04d}"[:24] + f"{identity[-6:]}{position:06d}"[-12:],
            "ExpenseReportID": identity, "EmployeeID": "E-1007", "Email": "a.ruiz@example.com", "DepartmentCode": "30",
            "DepartmentName": "Sales", "ExpenseCategory": "Hotel", "ExpenseCategoryGLCode": "6220", "Amount": amount,
            "ReimAmount": reim,
            "Reimbursable": Decimal(reim) != 0, "Currency": "USD", "ExpenseDate": str(day - timedelta(days=5)),
            "PostingDate": str(day - timedelta(days=4)), "Processed": True, "ProcessedDate": str(day), "Vendor": "Hotel <Ünïon> & Co",
            "Reason": "Client visit", "CCTransactionID": f"T-{identity[-4:]}-{position}" if card else "", "Status": "Processed",
            **card, **given,
        }  # fmt: skip

    def receipt(self, expense: str, identity: str, data: bytes = b"\x89PNG\r\n\x1a\n") -> None:
        """Adds a receipt in Certify (the line must name it)."""
        image = base64.b64encode(data).decode()
        self.sandbox.load(
            "certify", "receipts",
            [{"ID": identity, "Filename": f"{identity}.png", "ExpenseID": expense, "UploadDate": str(DAY), "ReceiptImage": image}],
        )  # fmt: skip

    def extract(
        self,
        day: Any = DAY,
        *,
        validate: bool = False,
        refresh: bool = False,
        preview: bool = False,
        **options: Any,
    ) -> tuple[int, dict[str, Any]]:
        """The steps before the plan; gives the load and the context of the run.

        Judging takes seconds, so few tests ask for it; lists are read once and reused, as a backfill does, unless ``refresh``.
        A ``preview`` is ``expense_preview``'s.
        """
        self.runs += 1
        run = self.context(run_id=f"run-{self.runs}", period_start=str(day), period_end=str(day), **options)
        run["dag_run"].dag_id = "expense_preview" if preview else "expense_sync"
        load = OpenLoadOperator(task_id="open_load", direction="expense", preview=preview).execute(run)
        intacct, certify = streams("expense")
        for stream in (*(one for one in intacct if one != CLOSED_BOOKS), *certify):
            if not refresh and STREAMS[stream].kind == "state":
                with self.loader() as connection:
                    if reuse_extract(connection, load, stream, not_older_than=timedelta(hours=1)):
                        continue
            operator = SageIntacctToStagingOperator if stream in intacct else CertifyToStagingOperator
            operator(task_id="extract", load_id=load, stream=stream).execute(run)
        OpenItemsToStagingOperator(task_id="open_items", load_id=load).execute(run)
        self._closed_books(load, run, refresh=refresh)
        if validate:
            ValidateStagingOperator(task_id="validate", direction="expense", load_id=load).execute(run)
        else:
            pass_unjudged(self.database, load)
        return load, run

    def _closed_books(self, load: int, run: dict[str, Any], *, refresh: bool) -> None:
        """What is closed, in the entities of the reports that were read."""
        with self.loader() as connection:
            if not refresh and reuse_extract(connection, load, CLOSED_BOOKS, not_older_than=timedelta(hours=1)):
                return
        SageIntacctToStagingOperator(task_id="extract", load_id=load, stream=CLOSED_BOOKS).execute(run)

    def plan(self, day: Any = DAY, **options: Any) -> tuple[int, dict[str, Any]]:
        """The steps up to the plan."""
        load, run = self.extract(day, **options)
        IntacctPlanOperator(task_id="plan", load_id=load).execute(run)
        return load, run

    def load(self, load: int, run: dict[str, Any]) -> dict[str, int]:
        """Posts, and attaches receipts; gives the reports' outcomes."""
        outcomes = StagingToIntacctOperator(task_id="load_intacct", load_id=load).execute(run)
        self.attach(load, run)
        return outcomes

    def attach(self, load: int, run: dict[str, Any]) -> dict[str, int]:
        """The task after posting."""
        return ReceiptsToIntacctOperator(task_id="attach_receipts", load_id=load).execute(run)

    def sync(self, day: Any = DAY, **options: Any) -> dict[str, int]:
        """A whole run; gives the reports' outcomes."""
        return self.load(*self.plan(day, **options))

    def until_settled(self) -> None:
        """Runs that may fail, until nothing is open any more; few are enough."""
        for _ in range(6):
            with contextlib.suppress(ConnectorError):
                self.sync()
            if not self.open_items():
                return

    def reconcile(self) -> None:
        """Reads back every document that was posted."""
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.model.configuration import load
        from certify_intacct.posting.follow_up import FollowUp
        from certify_intacct.posting.posting_run import PostingRun
        from certify_intacct.staging import ledger_reads
        from certify_intacct.staging.database import Database

        database = Database(self.database.loader_url)
        with database.connection() as connection:
            documents = ledger_reads.find_documents(connection, "true", {})
        hook = SageIntacctHook()
        run = PostingRun(
            hook=hook, database=database, configuration=load(self.config), load_id=1, run_id="check", actor=""
        )
        FollowUp(run).check(documents)
        hook.close()

    def reconciliation(self) -> int:
        """The DAG ``reconciliation`` over the day; gives its load."""
        context = self.context(run_id=f"reconcile-{self.runs}", period_start=str(DAY), period_end=str(DAY))
        context["dag_run"].dag_id = "reconciliation"
        load: int = OpenLoadOperator(task_id="open_load", direction="reconciliation").execute(context)
        ReconcileOperator(task_id="reconcile", load_id=load).execute(context)
        return load

    def reconciled(self) -> tuple[dict[str, Decimal], set[str]]:
        """Amounts by bucket, and the kinds of findings that nobody has decided about, of a reconciliation of the day."""
        load = self.reconciliation()
        rows = self.sql(
            "SELECT bucket, sum(amount) AS amount FROM ops.reconciliation WHERE load_id = %s GROUP BY 1", load
        )
        found = self.sql("SELECT finding FROM ops.reconciliation_finding WHERE load_id = %s AND NOT decided", load)
        return {row["bucket"]: row["amount"] for row in rows}, {row["finding"] for row in found}

    def loader(self) -> Any:
        """A connection as the loader's role, in a transaction."""
        from certify_intacct.staging.database import Database

        return Database(self.database.loader_url).connection()

    def forget_everything_but_the_deployment(self) -> None:
        """As a backup of before the first posting would have it."""
        self.sql(
            "ALTER TABLE ledger.event DISABLE TRIGGER USER; ALTER TABLE ledger.document DISABLE TRIGGER USER;"
            "ALTER TABLE ledger.report DISABLE TRIGGER USER; DELETE FROM ledger.event; DELETE FROM ledger.document_expense;"
            "DELETE FROM ledger.document; DELETE FROM ledger.report; DELETE FROM plan.outcome; DELETE FROM plan.document;"
            "DELETE FROM plan.report; DELETE FROM plan.change;"
            "ALTER TABLE ledger.event ENABLE TRIGGER USER; ALTER TABLE ledger.document ENABLE TRIGGER USER;"
            "ALTER TABLE ledger.report ENABLE TRIGGER USER"
        )

    def waiting(self, report: str, rule: str = "") -> list[OpenItem]:
        """What waits of a report, by that rule or any."""
        with Database(self.database.loader_url).connection() as connection:
            company = load(self.config).company.certify_company
            items = [
                *decisions.open_items(connection, company, [report]),
                *decisions.taken_out(connection, company, [report]),
            ]
        return [item for item in items if not rule or rule in item.rules]

    def decide(
        self, report: str, decision: str = "", *, by: str = "kim", reason: str = "asked the bank", record_no: str = ""
    ) -> list[str]:
        """Decides about all that waits of a report, as its page does; by default what overrules the rules that hold it.

        :returns: what is said to the person
        """
        items = self.waiting(report)
        if not items:
            raise BadInput(f"Nothing of report {report} waits.")
        return [self.decide_one(item, decision, by=by, reason=reason, record_no=record_no) for item in items]

    def decide_one(
        self,
        item: OpenItem,
        decision: str = "",
        *,
        by: str = "kim",
        reason: str = "asked the bank",
        record_no: str = "",
    ) -> str:
        """Decides about one item, as the role that may."""
        (said,) = decide_all(
            Database(self.database.decider_url),
            load(self.config),
            [item],
            Decision(decision) if decision else ways(item.state, item.rules)[0],
            Decider(name=by, user_id=by),
            reason,
            record_no=record_no,
        )
        return said

    def fact(self, name: str, value: str) -> None:
        """Stores a fact as verify_company would."""
        self.sql(
            "INSERT INTO ledger.company_fact (intacct_company, name, value) VALUES ('SANDBOX', %s, %s::jsonb)",
            name,
            value,
        )

    def replays_are_refused(self, minutes: float = 60) -> None:
        """As verify_company would find it: for so many minutes after a control ID came."""
        self.fact("replay_refused", "true")
        self.fact("replay_refused_minutes", str(minutes))

    def bills(self) -> dict[str, list[dict[str, Any]]]:
        """Bills in Intacct by number."""
        return self._by_number("APBILL")

    def card_transactions(self) -> dict[str, list[dict[str, Any]]]:
        """Card transactions in Intacct by reference number."""
        return self._by_number("CCTRANSACTION")

    def _by_number(self, name: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for record in self.sandbox.state("intacct", name):
            found.setdefault(record["RECORDID"], []).append(record)
        return found

    def sql(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Asks the connector's database as its owner."""
        with psycopg.connect(self.database.owner_url, row_factory=dict_row) as connection:
            cursor = connection.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    def states(self) -> dict[str, int]:
        """How many documents of the ledger are in each state."""
        rows = self.sql("SELECT state, count(*) AS n FROM ledger.document GROUP BY 1")
        return {row["state"]: row["n"] for row in rows}

    def posted(self) -> list[str]:
        """The numbers of everything in Intacct, each as often as it is there."""
        return sorted(
            record["RECORDID"] for name in ("APBILL", "CCTRANSACTION") for record in self.sandbox.state("intacct", name)
        )

    def held(self, load: int | None = None) -> dict[str, set[str]]:
        """Rules that hold reports, by report ID, of the newest load."""
        rows = self.sql(
            "SELECT key, rule FROM plan.change WHERE action = 'hold' AND load_id = coalesce(%s, (SELECT max(load_id) FROM ops.load))",
            load,
        )
        found: dict[str, set[str]] = {}
        for row in rows:
            found.setdefault(row["key"], set()).add(row["rule"])
        return found

    def outcomes(self) -> dict[str, str]:
        """The newest result of each report of the newest load."""
        rows = self.sql(
            "SELECT key, result FROM plan.change_result WHERE action = 'post' AND load_id = (SELECT max(load_id) FROM ops.load)"
        )
        return {row["key"]: row["result"] for row in rows}

    def open_items(self) -> dict[str, str]:
        """Open items: report ID to state."""
        return {row["report_id"]: row["state"] for row in self.sql("SELECT report_id, state FROM ledger.open_item")}


@pytest.fixture
def company(connections, database, fresh_sandbox, context, tmp_path, monkeypatch) -> Company:
    """The company, with its reference data at both services and nothing to post yet."""
    return build(INTACCT, database, fresh_sandbox, context, tmp_path, monkeypatch)


def build(
    intacct: dict[str, list[dict[str, str]]],
    database: Any,
    fresh_sandbox: Any,
    context: Callable[..., dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Company:
    """A company with these records in Intacct."""
    for name, records in intacct.items():
        fresh_sandbox.load("intacct", name, records)
    fresh_sandbox.load("certify", "expensecategories", CATEGORIES)
    config = tmp_path / "connector.yaml"
    monkeypatch.setenv("CONNECTOR_CONFIG", str(config))
    monkeypatch.setattr("certify_intacct.posting.sender.PAUSE_SECONDS", 0.01)
    built = Company(fresh_sandbox, database, context, config)
    built.configure()
    return built
