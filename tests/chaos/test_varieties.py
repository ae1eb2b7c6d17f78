"""The judge sees each wrong of what a company chose: rounds without any storm, of whose documents one thing is changed in Intacct."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from certify_intacct.model.configuration import load
from include.chaos import varieties
from include.chaos.choices import Choices
from include.chaos.environment import Environment, Sandbox
from include.chaos.kinds import COMPANY, EMPLOYEE, KINDS, OBJECTS, reader_of
from include.chaos.parameters import configuration
from include.chaos.round import Round
from include.chaos.size import Size
from include.chaos.varieties import Varieties, dates, kept, overrides, policies, rates, taxes, texts
from include.chaos.worker_pool import Lane
from tests.chaos.place import storm_place

CALM = Size(
    people=60, reports_per_day=60, days=1, runs=1, aimed=0, aimed_at_people=0, sudden=0, acts=0, heat=0, organization=False,
    rivals=False,
)  # fmt: skip
DIMENSIONS: dict[str, Any] = {
    "taxes": taxes.VARIETIES, "policies": policies.VARIETIES, "rates": rates.VARIETIES, "overrides": overrides.VARIETIES,
    "texts": texts.VARIETIES, "kept": kept.VARIETIES, "journals": varieties.JOURNALS, "sign": varieties.SIGNS,
    "invoices": (True, False),
}  # fmt: skip
Record = dict[str, Any]


def named(name: str) -> Any:
    """A variety by its name."""
    return next(one for among in DIMENSIONS.values() for one in among if getattr(one, "name", one) == name)


@dataclass(frozen=True)
class Mutant:
    """What is changed of the first line that fits, and what the judge says then.

    :param fits: header and line
    """

    what: str
    fits: Callable[[Record, Record], bool]
    line: Callable[[Record], Record] | None = None
    header: Callable[[Record], Record] | None = None
    finds: str = "altered"


def taxed(_: Record, line: Record) -> bool:
    return bool(Decimal(line.get("TRX_TAX") or 0))


def more(name: str) -> Callable[[Record], Record]:
    return lambda line: {name: f"{Decimal(line[name]) + Decimal('0.01'):f}"}


def is_foreign(header: Record, line: Record) -> bool:
    return (
        bool(header.get("BASECURR")) and line.get("CURRENCY") != header["BASECURR"] and bool(line.get("EXCHANGE_RATE"))
    )


def has_journal(symbol: str) -> Callable[[Record, Record], bool]:
    return lambda header, _: header.get("JOURNAL") == symbol


def on_account(number: str) -> Callable[[Record, Record], bool]:
    return lambda _, line: line.get("ACCOUNTNO") == number and "JOURNAL" not in line


def holds(name: str) -> Callable[[Record, Record], bool]:
    return lambda header, line: bool(line.get(name) or header.get(name))


TAXES = (
    Mutant("a cent more of tax", taxed, more("TRX_TAX")),
    Mutant("another detail", taxed, lambda _: {"DETAILID": "PST CA 7"}),
    Mutant("no detail", lambda _, line: bool(line.get("DETAILID")), lambda _: {"DETAILID": ""}),
)
RATES = (
    Mutant("another rate", is_foreign, lambda _: {"EXCHANGE_RATE": "1.5"}),
    Mutant("Intacct's rate", is_foreign, lambda _: {"EXCH_RATE_TYPE_ID": "Intacct Daily Rate"}),
)
UNTYPED = Mutant("a rate of no type", is_foreign, lambda _: {"EXCH_RATE_TYPE_ID": ""})
PRIVATE = Mutant("an expense of what is private", on_account("1150"), lambda _: {"ACCOUNTNO": "6230"})
CLEARED = (
    Mutant("another account of a payment", lambda header, line: header.get("JOURNAL") == "CMJ" and line["ACCOUNTNO"] == "1000",
           lambda _: {"ACCOUNTNO": "2050"}),
    Mutant("another day of a payment", has_journal("CMJ"), header=lambda _: {"BATCH_DATE": "01/31/2024"}, finds="wrong_period"),
)  # fmt: skip
PAYROLL = Mutant(
    "another offset account of payroll", lambda header, line: header.get("JOURNAL") == "GJ" and line["ACCOUNTNO"] == "2300",
    lambda _: {"ACCOUNTNO": "2050"},
)  # fmt: skip
MEMO = Mutant("another memo", holds("ENTRYDESCRIPTION"), lambda _: {"ENTRYDESCRIPTION": "something else"})
TITLE = Mutant("another title", has_journal("EEJ"), header=lambda _: {"BATCH_TITLE": "104001 something else"})
BILL_DAY = Mutant("another day", holds("VENDORID"), header=lambda _: {"WHENPOSTED": "01/31/2024"}, finds="wrong_period")
CHARGE_DAY = Mutant(
    "another day", holds("FINANCIALENTITY"), header=lambda _: {"WHENCREATED": "01/31/2024"}, finds="wrong_period"
)
SUM = Mutant("a cent more of a sum", has_journal("EEJ"), more("TRX_AMOUNT"))
INVOICE = Mutant(
    "another number of the supplier", lambda header, _: str(header.get("DOCNUMBER")).endswith("S"),
    header=lambda _: {"RECORDID": "another"},
)  # fmt: skip
OF_AN_INVOICE = (
    INVOICE,
    Mutant("another date of an invoice", INVOICE.fits, header=lambda _: {"WHENCREATED": "01/31/2024"}),
    Mutant("another day on which an invoice is due", INVOICE.fits, header=lambda _: {"WHENDUE": "12/31/2030"}),
)
SIGN = Mutant(
    "an adjustment that raises the debt", lambda header, _: str(header.get("RECORDID")).endswith("A"),
    lambda line: {"TRX_AMOUNT": f"{-Decimal(line['TRX_AMOUNT']):f}"},
)  # fmt: skip

#: By the number of a round (its kinds come from seed 9) what is chosen, and what is changed then.
ROUNDS: dict[int, tuple[Varieties, tuple[Mutant, ...]]] = {
    # AP bills, journals, adjustments.
    6: (
        Varieties(
            named("British VAT by rows"), named("accounts and clearing"), named("own rates"), named("no overrides"),
            dates.Dates({EMPLOYEE: "submitted_date", COMPANY: "earliest_expense_date"}), named("texts with places and cards"),
            "summed", "positive",
        ),
        (*TAXES, *RATES, PRIVATE, *CLEARED, MEMO, TITLE, BILL_DAY, SUM, SIGN),
    ),
    # AP bills, card transactions, adjustments.
    13: (
        Varieties(
            named("Canadian HST in part"), named("private and advanced on accounts"), named("own rates that change"),
            named("overrides by category"), dates.Dates({EMPLOYEE: "report_end_date", COMPANY: "latest_expense_date"}),
            named("texts with days and departments"), "detail", "negative", invoices=True,
        ),
        (*TAXES[:2], *RATES, PRIVATE, MEMO, BILL_DAY, CHARGE_DAY, SIGN, *OF_AN_INVOICE),
    ),
    # AP bills, card vendor bills, by department expense reports, journals of both payers and card transactions.
    1: (
        Varieties(
            named("British VAT"), named("paid elsewhere cleared"), named("Intacct's rates"), named("overrides by department"),
            dates.Dates({EMPLOYEE: "run_date", COMPANY: "statement_date"}), named("texts as shipped"), "detail", "negative",
        ),
        (*TAXES, UNTYPED, *CLEARED, MEMO, BILL_DAY, PAYROLL),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Environment, list[Lane]]]:
    with storm_place("varieties", 1) as made:
        yield made


class Remembered:
    """A sandbox whose state is read once, until somebody changes it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.known: dict[tuple[str, ...], Any] = {}

    def state_of(self, side: str, name: str) -> list[Record]:
        """What a service holds."""
        if (side, name) not in self.known:
            self.known[side, name] = self.sandbox.state_of(side, name)
        found: list[Record] = self.known[side, name]
        return found

    def certify_lists(self) -> list[Record]:
        """Departments and Employee GLDs of Certify."""
        return [*self.state_of("certify", "departments"), *self.state_of("certify", "empglds")]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A control route."""
        if method == "GET":
            if (method, path) not in self.known:
                self.known[method, path] = self.sandbox.ask(method, path)
            return self.known[method, path]
        self.known.pop(("intacct", body["object"]))
        return self.sandbox.ask(method, path, body)


def wrong(played: Round, sandbox: Remembered, choices: Choices | None = None) -> dict[str, list[str]]:
    """What is wrong with what stands now, and as if the company had chosen something else."""
    case = played._case()
    place = SimpleNamespace(sandbox=sandbox, wire=played.environment.wire, owner_url=played.environment.owner_url)
    verdict, _ = replace(case, place=place, choices=choices or case.choices).judge()
    return {name: found for name, found in verdict.wrongs.items() if found}


def change(sandbox: Remembered, mutant: Mutant) -> Callable[[], None]:
    """Changes what a mutant changes; returns what puts it right again."""
    found = (
        (name, record, number, line)
        for name in OBJECTS
        for record in sandbox.state_of("intacct", name)
        for number, line in enumerate(record[reader_of(name).lines], 1)
        if mutant.fits(record, line)
    )
    name, record, number, line = next(found)
    on_line = mutant.line(line) if mutant.line else {}
    on_header = mutant.header(record) if mutant.header else {}

    def act(line_changes: Record, changes: Record) -> None:
        body = {"action": "edit_document", "object": name, "record": record["RECORDNO"], "line": number}
        sandbox.ask("POST", "act", body | {"line_changes": line_changes, "changes": changes})

    act(on_line, on_header)
    return lambda: act({key: line.get(key) or "" for key in on_line}, {key: record.get(key) or "" for key in on_header})


@pytest.mark.parametrize("number", ROUNDS)
def test_what_is_changed_in_intacct_is_found_whatever_was_chosen(place, number):
    environment, lanes = place
    chosen, mutants = ROUNDS[number]
    played = Round(environment, lanes, 9, number, CALM, chosen)
    result = played.play()
    sandbox = Remembered(environment.sandbox)
    assert wrong(played, sandbox) == {}
    assert result.fine
    assert set(chosen.names) == set(result.drawn)
    for mutant in mutants:
        undo = change(sandbox, mutant)
        assert mutant.finds in wrong(played, sandbox), mutant.what
        undo()
    assert wrong(played, sandbox) == {}
    assert_each_choice_decides(played, sandbox)


def assert_each_choice_decides(played: Round, sandbox: Remembered) -> None:
    """What stands is wrong for a company that chose otherwise, in whatever dimension: nothing here is judged by the way."""
    for dimension, among in DIMENSIONS.items():
        # The sign is the sandbox's too, people are not synced here (tests/chaos/test_kept.py), and one line of a sum is its detail.
        if dimension in ("sign", "kept") or (dimension, played.varieties.journals) == ("journals", "detail"):
            continue
        chosen = getattr(played.choices.varieties, dimension)
        if dimension == "invoices" and not chosen:
            # There are some in Certify in rounds that have them posted, and in no others.
            continue
        others = [one for one in among if getattr(one, "name", one) != getattr(chosen, "name", chosen)]
        found = [wrong(played, sandbox, but(played, **{dimension: one})) for one in others]
        assert any(found), dimension
    for payer, rules in dates.RULES.items():
        rule = played.choices.varieties.dates.rules
        found = [
            wrong(played, sandbox, but(played, dates=dates.Dates({**rule, payer: one})))
            for one in rules
            if one != rule[payer]
        ]
        assert any(found), payer


def but(played: Round, **changes: Any) -> Choices:
    """The choices of a round, but for one."""
    return replace(played.choices, varieties=replace(played.choices.varieties, **changes)).possible


def test_each_variety_has_its_turn_within_eight_rounds():
    for seed in (1, 66001):
        drawn = [varieties.draw(seed, number) for number in range(20, 28)]
        for dimension, among in DIMENSIONS.items():
            names = {getattr(getattr(one, dimension), "name", getattr(one, dimension)) for one in drawn}
            assert names == {getattr(one, "name", one) for one in among}
        for payer, rules in dates.RULES.items():
            assert {one.dates.rules[payer] for one in drawn} == set(rules)
        assert drawn == [varieties.draw(seed, number) for number in range(20, 28)], "the same again"


PAID_BY_THE_COMPANY = [one for one in KINDS if one.payer == COMPANY and not one.of_invoices]


@pytest.mark.parametrize("company", PAID_BY_THE_COMPANY, ids=lambda kind: kind.target)
@pytest.mark.parametrize("number", range(8))
def test_the_connector_takes_every_variety(tmp_path, company, number):
    """Rates and rows, days and templates: none is a word that the connector does not know."""
    (employee,) = [kind for kind in KINDS if kind.target == "ap_bill"]
    (credit,) = [kind for kind in KINDS if kind.lowers == employee.target]
    path = tmp_path / "connector.yaml"
    drawn = varieties.draw(3, number)
    choices = configuration(
        random.Random(1),
        path,
        {EMPLOYEE: employee, COMPANY: company},
        {EMPLOYEE: credit},
        today=date(2026, 3, 20),
        varieties=drawn,
    )
    taken = load(path)
    posting = taken.posting
    assert {used.dimension.name for used in taken.dimensions.used} >= set(drawn.kept.dimensions)
    assert set(taken.people.sources[0].fields) == {one.word for one in drawn.kept.fields}
    assert (taken.people.vendors == "list") is drawn.kept.vendors
    for one in drawn.kept.lists:
        how = taken.dimensions.of(one.name)
        assert (how.sync, how.guard_share, how.guard_floor) == (True, one.share, one.least)
    rules = choices.varieties.dates.rules
    assert (posting.employee_paid.date, posting.company_paid.date) == (rules[EMPLOYEE], rules[COMPANY])
    signs = {kind.sign: getattr(posting.credits, kind.sign) for _, kind in choices.made if kind.lowers}
    assert signs["adjustment_sign"] == drawn.sign
    assert set(signs.values()) == {drawn.sign}, "of every kind that lines below zero may become"
    assert set(posting.tax.entities) == set(drawn.taxes.solutions)
    assert len(posting.currencies.rates) == len(drawn.rates.rows)
    assert posting.policies.clears_payments is drawn.policies.clears
    assert (posting.invoices.read_since is not None) is drawn.invoices
    for payer, section in ((EMPLOYEE, posting.employee_paid), (COMPANY, posting.company_paid)):
        assert len(section.overrides) == len(drawn.overrides.rows.get(payer, ()))
        assert section.journal is None or section.journal.lines == drawn.journals
