"""What the people of the company do while the connector works; it is noted, because the oracle must know."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from include.chaos.environment import Sandbox
from include.chaos.kinds import Kind, kind_of_number
from include.chaos.list_acts import LIST_ACTS
from include.chaos.people_acts import PEOPLE_ACTS
from include.chaos.postings import money
from include.chaos.varieties.kept import VARIETIES, Variety
from include.chaos.wire import Wire
from include.chaos.worlds import World, world
from include.local.errors import StackError

_REPORT_ACTS = (
    "unprocess", "process", "reprocess", "reprocess amount", "reprocess shorter", "edit line", "late_receipt", "disapprove_line",
    "reimburse",
)  # fmt: skip
# What leaves a document as it was sent: nobody has to be told.
_HARMLESS = ("approve", "pay")


class Actors:
    """Acts at random, and remembers each report and each world as they were, and each document that was touched.

    Each act throws dice of its own: what the one before found does not change them.

    :param days: the processed dates of the round
    :param kinds: the kinds of document that are posted in it
    :param kept: the lists that the company keeps beside departments and entities
    """

    def __init__(
        self,
        sandbox: Sandbox,
        wire: Wire,
        seed: str,
        days: list[date],
        kinds: Sequence[Kind],
        kept: Variety = VARIETIES[0],
    ) -> None:
        self.sandbox = sandbox
        self.wire = wire
        self.seed = seed
        self.days = days
        self.today = days[-1] + timedelta(days=1)
        self.kinds = kinds
        self.kept = kept
        self.counts: Counter[str] = Counter()
        self.versions: dict[str, list[dict[str, Any]]] = {
            report["ID"]: [report] for report in sandbox.state_of("certify", "expensereports")
        }
        self.touched: dict[tuple[str, str], dict[str, Any]] = {}
        self.worlds: list[World] = [self.world()]
        self.deactivated: set[str] = set()
        self.closings: list[dict[str, str]] = []
        self.again: dict[str, str] = {}
        self.invoices_again: dict[str, str] = {}
        self._acts = 0

    def world(self) -> World:
        """The world as it is now."""
        return world(self.sandbox, self.today, self.kept.objects)

    @property
    def changed_books(self) -> bool:
        """Whether reports or documents are not what they were."""
        return bool(self.touched or self.again) or any(len(seen) > 1 for seen in self.versions.values())

    def act(self) -> None:
        """One act; one that cannot be done now is left."""
        dice = self._next_dice()
        deeds: Sequence[Callable[[random.Random], None]]
        weights: Sequence[int]
        deeds = (self._on_a_report, self._on_a_document, self._on_people, self._on_books, self._charge_again)
        weights = (8, 5, 5, 2, 2)
        if self.kept.lists:
            deeds, weights = (*deeds, self._on_lists), (*weights, 8)
        deed = dice.choices(deeds, weights)[0]
        self._try(deed, dice)

    def act_on_people(self) -> None:
        """One act of the people office; one that cannot be done now is left."""
        self._try(self._on_people, self._next_dice())

    def _next_dice(self) -> random.Random:
        self._acts += 1
        return random.Random(f"{self.seed}/{self._acts}")

    def _try(self, deed: Callable[[random.Random], None], dice: random.Random) -> None:
        try:
            deed(dice)
        except StackError:
            self.counts["impossible"] += 1

    def leave(self) -> None:
        """The end of the actors' day: often what they closed is opened again, or they would leave most of a round closed."""
        if random.Random(f"{self.seed}/end").random() < 0.7:
            for closing in self.closings:
                self._do({"action": "open_period", **closing}, "open_period")
        self.worlds.append(self.world())

    def _on_a_report(self, dice: random.Random) -> None:
        act = dice.choice(_REPORT_ACTS)
        amount = f"{dice.randint(100, 90_000) / 100:.2f}"
        code = dice.choice(("same", "new"))
        turn = dice.random()
        wants = act == "process"
        # To process again is tried on those that were unprocessed on the way; the others are processed ones.
        ready = [
            report_id
            for report_id, seen in sorted(self.versions.items())
            if bool(seen[-1]["Processed"]) is not wants and (not wants or len(seen) > 1) and not self._shares(report_id)
        ]
        if not ready:
            return
        report = ready[int(turn * len(ready))]
        day = str(self.versions[report][0]["ProcessedDate"])[:10]
        other = {"Reason": f"edited {amount}", "ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6230"}
        bodies: dict[str, dict[str, Any]] = {
            "unprocess": {"action": "unprocess"},
            "process": {"action": "process", "date": day},
            "reprocess": {"action": "reprocess", "approval_code": code},
            "reprocess amount": {"action": "reprocess", "amount": amount},
            "reprocess shorter": {"action": "reprocess", "remove_line": True},
            "edit line": {"action": "edit_report", "line_changes": other},
            "late_receipt": {"action": "late_receipt"},
            "disapprove_line": {"action": "disapprove_line"},
            "reimburse": {"action": "reimburse"},
        }  # fmt: skip
        self._do({**bodies[act], "report": report}, act)
        now = next(one for one in self.sandbox.state_of("certify", "expensereports") if one["ID"] == report)
        self.versions[report].append(now)

    def _charge_again(self, dice: random.Random) -> None:
        """A card charge of a report is handed in once more, in a report of its own."""
        turn, code = dice.random(), str(dice.randrange(700_000, 800_000))
        new, of_line = (f"00000000-0000-4000-9000-{dice.getrandbits(48):012x}" for _ in range(2))
        ready = [
            (seen[-1], line)
            for _, seen in sorted(self.versions.items())
            if len(seen) == 1 and seen[-1]["Processed"] and not self._shares(seen[-1]["ID"])
            for line in _charges(seen[-1])
        ]
        if not ready:
            return
        report, line = ready[int(turn * len(ready))]
        amounts = {"TotalAmount": line["Amount"], "ReimAmount": "0.00", "NonReimAmount": line["Amount"]}
        no_receipt = {"ReceiptID": "", "ReceiptImageLink": ""}
        lines = [{**line, **no_receipt, "ID": of_line, "ExpenseReportID": new}]
        copy = {**report, **amounts, "ID": new, "ApprovalCode": code, "Expenses": lines}
        body = {"side": "certify", "object": "expensereports", "records": [copy], "unknown_fields": "keep"}
        self.sandbox.ask("POST", "load", body)
        self.counts["charge again"] += 1
        self.versions[new] = [
            next(one for one in self.sandbox.state_of("certify", "expensereports") if one["ID"] == new)
        ]
        self.again[new] = report["ID"]

    def _shares(self, report_id: str) -> bool:
        """Whether a charge of the report is in another one too."""
        return report_id in self.again or report_id in self.again.values()

    def _on_a_document(self, dice: random.Random) -> None:
        # Only what the connector was told of: who changes a document that nobody knows to exist makes it unknowable.
        known = {attempt.number for attempt in self.wire.attempts if attempt.verdict == "accepted"}
        kind = dice.choice(self.kinds)
        act = dice.choice(kind.acts)
        amount = f"{dice.randint(100, 90_000) / 100:.2f}"
        turn = dice.random()
        ready = [
            record
            for record in self.sandbox.state_of("intacct", kind.object)
            if kind.number_of(record) in known
            and kind_of_number(kind.number_of(record)) is kind
            and (kind.object, record["RECORDNO"]) not in self.touched
            and not kind.is_counter_entry(record)
        ]
        if not ready:
            return
        record = ready[int(turn * len(ready))]
        named = {"object": kind.object, "record": record["RECORDNO"]}
        self._do(kind.deed(act, amount) | named, f"{act} {kind.object}")
        if act not in _HARMLESS:
            self.touched[kind.object, str(record["RECORDNO"])] = record

    def _on_people(self, dice: random.Random) -> None:
        act, body = dice.choice(PEOPLE_ACTS)(dice, self.worlds[-1])
        self._do(body, act)
        if act == "deactivate user":
            self.deactivated.add(str(body["user"]))
        self.worlds.append(self.world())

    def _on_lists(self, dice: random.Random) -> None:
        act, bodies = dice.choice(LIST_ACTS)(dice, self.worlds[-1], self.kept)
        for body in bodies:
            self.sandbox.ask("POST", "act", body)
        self.counts[act] += 1
        self.worlds.append(self.world())

    def _on_books(self, dice: random.Random) -> None:
        """Closes a period for an entity or for all, or opens one that was closed."""
        reopen, which = dice.random() < 0.3, dice.random()
        entities = sorted(str(one["LOCATIONID"]) for one in self.worlds[0].entities)
        subledgers = (*(kind.subledger for kind in self.kinds), "*")
        closing = {"entity": dice.choice([*entities, *entities, "*"]), "subledger": dice.choice(subledgers)}
        through = dice.choice([*self.days, self.days[-1] - timedelta(days=14)])
        if reopen and self.closings:
            closing = self.closings[int(which * len(self.closings))]
            self._do({"action": "open_period", **closing}, "open_period")
        else:
            self._do({"action": "close_period", "date": str(through), **closing}, "close_period")
            self.closings.append(closing)
        self.worlds.append(self.world())

    def _do(self, body: dict[str, Any], name: str) -> None:
        self.sandbox.ask("POST", "act", body)
        self.counts[name] += 1


def _charges(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a report that a company's card paid whole, each the only one of its amount and its charge."""
    lines = report["Expenses"]
    amounts = Counter(str(line["Amount"]) for line in lines)
    charges = Counter(str(line["CCTransactionID"]) for line in lines)
    return [
        line
        for line in lines
        if line["CCTransactionID"] and line["PaymentCardName"] and money(line["Amount"]) > 0 and not money(line["ReimAmount"])
        and amounts[str(line["Amount"])] == charges[str(line["CCTransactionID"])] == 1
        and line.get("Status") != "Disapproved"
    ]  # fmt: skip
