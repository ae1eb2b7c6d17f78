"""The list of kinds, the enum, connector.yaml and the documentation name the same ones; and each kind says what it has to."""

from __future__ import annotations

import re
import typing
from collections import Counter
from pathlib import Path

import pytest

from certify_intacct.documents import KINDS, READERS, alike, in_use, kind_of, label_of, read_by, reader_of, targets
from certify_intacct.documents.states import Meaning
from certify_intacct.model.configuration.invoices import Invoices
from certify_intacct.model.configuration.paid import HOLD, NONE, CompanyPaid, EmployeePaid
from certify_intacct.model.configuration.posting import ADJUSTMENTS, PostingConfiguration
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.ledger import LedgerState
from certify_intacct.model.payers import Payer
from certify_intacct.staging.streams import STREAMS
from tests.rules.expenses.company import configuration

ROOT = Path(__file__).parents[2]
SIGNS = {"adjustment_sign": "negative", "expense_adjustment_sign": "positive"}
SECTIONS = {Payer.EMPLOYEE: EmployeePaid, Payer.COMPANY: CompanyPaid}
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind.value)


def allowed(payer: Payer) -> set[str]:
    """The targets that connector.yaml may name for a payer."""
    # What becomes of those that would be below zero is asked for under credits, and of invoices in a section of their own.
    return targets_of(SECTIONS[payer])


def of_invoices(payer: Payer) -> set[str]:
    """The targets that connector.yaml may name for invoices, which the company pays."""
    return targets_of(Invoices) if payer is Payer.COMPANY else set()


def targets_of(section: typing.Any) -> set[str]:
    return set(typing.get_args(section.model_fields["target"].annotation)) - {HOLD, NONE}


def test_the_enum_and_the_list_agree():
    assert [kind.kind for kind in KINDS] == list(DocumentKind)
    assert all(kind_of(kind.kind) is kind for kind in KINDS)
    for of in (lambda kind: kind.kind.letter, lambda kind: kind.label, lambda kind: type(kind).__module__):
        assert len({of(kind) for kind in KINDS}) == len(KINDS)
    assert all(re.fullmatch("[A-Z]", kind.kind.letter) for kind in KINDS)


@pytest.mark.parametrize("payer", Payer)
def test_connector_yaml_may_ask_for_exactly_the_kinds_that_serve_a_payer(payer):
    assert allowed(payer) | of_invoices(payer) | {*ADJUSTMENTS[payer].values()} == {
        kind.kind.value for kind in KINDS if payer in kind.payers
    }
    for word in allowed(payer):
        posting = configuration(**{f"{payer.value}_paid": wanted(payer, word)}).posting
        assert targets()[word] is kind_of(DocumentKind(word))
        assert in_use(posting)[kind_of(DocumentKind(word))] == f"posting.{payer.value}_paid.target"
    for word in of_invoices(payer):
        posting = configuration(invoices={"target": word, "since": "2026-01-01"}).posting
        assert in_use(posting)[kind_of(DocumentKind(word))] == "posting.invoices.target"
        assert kind_of(DocumentKind(word)) not in in_use(configuration().posting)
    adjusted = {"credits": {f"{payer.value}_paid": "adjustment", **SIGNS}}
    for word, adjustment in ADJUSTMENTS[payer].items():
        asked = (
            {f"{payer.value}_paid": wanted(payer, word)}
            if word in allowed(payer)
            else {"invoices": {"target": word, "since": "2026-01-01"}}
        )
        posting = configuration(**asked, **adjusted).posting
        assert in_use(posting)[kind_of(DocumentKind(adjustment))] == f"posting.credits.{payer.value}_paid"
    posting = configuration(**{f"{payer.value}_paid": {"target": HOLD}}).posting
    assert not any(payer in kind.payers for kind in in_use(posting) if len(kind.payers) == 1)
    assert targets()[HOLD] is None


def wanted(payer: Payer, word: str) -> dict[str, object]:
    """A section that asks for a kind, with whatever else the kind needs."""
    needed = {
        "gl_journal": {"journal": {"symbol": "EXP", "offset_account": "2310"}},
        "expense_report": {"expense_report": {"payment_type": "Company card"}},
    }
    return {"target": word, **needed.get(word, {})}


def test_the_documentation_lists_each_kind():
    """docs/architecture.md, "The kinds of document"."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = set(
        re.findall(r"^\| ([\w ]+) \| `(\w+)` \| ([A-Z]) \| `(\w+)` \| (\w+) \| `([\w/.]+)` \|$", page, re.MULTILINE)
    )
    assert rows == {
        (kind.label, kind.kind.value, kind.kind.letter, kind.object, kind.subledger, file_of(kind)) for kind in KINDS
    }
    readme = (ROOT / "README.md").read_text(encoding="utf-8").casefold()
    rules = (ROOT / "docs" / "posting-rules.md").read_text(encoding="utf-8").casefold()
    assert [
        kind.label for kind in KINDS if kind.label.casefold() not in readme or kind.label.casefold() not in rules
    ] == []


def file_of(kind: typing.Any) -> str:
    return f"plugins/{type(kind).__module__.replace('.', '/')}.py"


@each_kind
def test_each_word_of_state_means_something_and_any_other_nothing(kind):
    assert {"Draft", "Submitted", "Posted", "Declined", "Reversed"} <= kind.states.keys()
    assert Meaning.UNKNOWN not in kind.states.values()
    for word, meaning in kind.states.items():
        spellings = {word, word.upper(), word.replace(" ", ""), word[:1].lower() + word.title().replace(" ", "")[1:]}
        assert {kind.meaning(spelling) for spelling in spellings} == {meaning}
    for word in ("", " ", "In Escheatment", "Postponed", "Unposted", "noValue"):
        assert kind.meaning(word) is Meaning.UNKNOWN
        assert kind.meaning(word).ledger_state is None


@each_kind
def test_only_what_is_in_the_general_ledger_counts_as_posted_there(kind):
    in_gl = {word for word, meaning in kind.states.items() if meaning.ledger_state is LedgerState.IN_GL}
    # Approving an expense report is what books it.
    approved = {"Approved"} if kind.subledger == "EE" else set()
    assert in_gl == {"Posted", "Reversal Pending"} | approved or in_gl == approved | {
        "Posted", "Selected", "Partially Paid", "Paid", "Confirmed", "Reversal Pending",
    }  # fmt: skip
    assert kind.meaning("Declined").ledger_state is LedgerState.DECLINED


@each_kind
def test_each_kind_says_what_it_needs(kind):
    posting: PostingConfiguration = configuration().posting
    assert {need.object for need in kind.needs()} == {kind.object, *(STREAMS[name].source for name in kind.kind.lists)}
    assert {"Add"} <= {need.right for need in kind.needs()}
    assert kind.payers
    assert kind.reversal
    assert kind.fills(configuration().dimensions).keys() == {kind.object, kind.line_object}
    assert {name for name, _ in kind.texts(posting)} <= {kind.object, kind.line_object}
    assert kind.number_field in kind.fields


def test_kinds_of_one_object_are_asked_for_together_and_read_alike():
    """Which of them a document is, its number says."""
    assert len(READERS) == len({kind.object for kind in KINDS})
    for kind in KINDS:
        reader = reader_of(kind.kind)
        assert (kind in read_by(reader), kind.kind in alike(reader.kind)) == (True, True)
        for of in (
            "line_object",
            "fields",
            "entry_fields",
            "number_field",
            "token_field",
            "payee_field",
            "day_field",
            "line_parent",
        ):
            assert getattr(kind, of) == getattr(reader, of)
        assert (kind.header_reads, kind.line_reads, kind.states) == (
            reader.header_reads,
            reader.line_reads,
            reader.states,
        )
    together = Counter(kind.object for kind in KINDS)
    assert {reader.object: len(read_by(reader)) for reader in READERS} == together
    assert max(together.values()) > 1, "there are kinds of one object"


def test_a_word_of_an_older_ledger_has_a_label_too():
    assert label_of("ap_bill") == "AP bill"
    assert label_of("something_else") == "something else"
