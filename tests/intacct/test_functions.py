from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from certify_intacct.intacct import functions
from certify_intacct.intacct.envelope import Credentials, request
from certify_intacct.intacct.filters import And, Equal, In, Or
from certify_intacct.model.errors import BadInput
from tests.intacct.requests_sent import CARD, CASES, EXPENSE_REPORT, HARD, MINIMAL_CARD, texts

# What XML 1.0 can carry.
CLEAN = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r")
)
DIRTY = st.sampled_from("\x00\x01\x08\x0b\x0c\x0e\x1b\x1f\ufffe\uffff\ud800\udfff")


@given(CLEAN)
def test_any_text_arrives_as_it_was(text):
    made = functions.create("APBILL", {"DESCRIPTION": text}, control_id="1")
    assert (etree.fromstring(made.xml).findtext("create/APBILL/DESCRIPTION") or "") == text
    made = functions.record_cctransaction(MINIMAL_CARD | {"payee": text}, control_id="1")
    assert (etree.fromstring(made.xml).findtext("record_cctransaction/payee") or "") == text
    made = functions.query("VENDOR", ["NAME"], filter=Equal("NAME", text))
    assert (etree.fromstring(made.xml).findtext("query/filter/equalto/value") or "") == text


@given(CLEAN, DIRTY, CLEAN)
def test_a_character_that_xml_cannot_carry_is_refused_by_name(before, bad, after):
    with pytest.raises(BadInput) as caught:
        functions.create(
            "APBILL", {"APBILLITEMS": {"APBILLITEM": [{"ENTRYDESCRIPTION": before + bad + after}]}}, control_id="1"
        )
    assert "ENTRYDESCRIPTION" in str(caught.value)
    assert f"U+{ord(bad):04X}" in str(caught.value)
    assert f"position {len(before) + 1}," in str(caught.value)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4)
    | st.decimals(allow_nan=False, allow_infinity=False).filter(lambda d: abs(d.adjusted()) < 50)
)
def test_amounts_arrive_exactly(amount):
    made = functions.create("APBILL", {"TRX_AMOUNT": amount}, control_id="1")
    text = etree.fromstring(made.xml).findtext("create/APBILL/TRX_AMOUNT")
    assert Decimal(text) == amount
    assert "E" not in text.upper()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (1.1, "TRX_AMOUNT is of type float"),
        (Decimal("NaN"), "TRX_AMOUNT is NaN"),
        (Decimal("Infinity"), "TRX_AMOUNT is Infinity"),
        (b"1", "TRX_AMOUNT is of type bytes"),
        ({1, 2}, "TRX_AMOUNT is of type set"),
        (datetime(2026, 1, 1, tzinfo=UTC), "TRX_AMOUNT has a time zone"),
    ],
)
def test_values_without_a_form_are_refused_by_name(value, why):
    with pytest.raises(BadInput, match=why):
        functions.create("APBILL", {"TRX_AMOUNT": value}, control_id="1")


def test_values_are_written_as_the_generic_functions_want_them():
    made = functions.create(
        "X",
        {
            "DAY": date(987, 1, 2),
            "TIME": datetime(2026, 12, 31, 23, 59, 1),
            "YES": True,
            "NUMBER": 7,
            "NOTHING": None,
            "EMPTY": "",
            "PLAIN": Decimal("1E+3"),
        },
        control_id="1",
    )
    assert made.xml == (
        b'<function controlid="1"><create><X><DAY>01/02/0987</DAY><TIME>12/31/2026 23:59:01</TIME><YES>true</YES><NUMBER>7</NUMBER>'
        b"<EMPTY></EMPTY><PLAIN>1000</PLAIN></X></create></function>"
    )


def test_fields_of_legacy_functions_go_out_in_the_order_of_the_schema():
    card = etree.fromstring(functions.record_cctransaction(CARD, control_id="1").xml)[0]
    assert [child.tag for child in card][:4] == ["chargecardid", "paymentdate", "referenceno", "payee"]
    assert [child.tag for child in card][-1] == "ccpayitems"
    assert [child.text for child in card.find("paymentdate")] == ["2026", "03", "07"]
    first = [child.tag for child in card.find("ccpayitems")[0]]
    assert first.index("projectid") < first.index("taskid") < first.index("costtypeid") < first.index("itemid")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"payee2": "x"}, "record_cctransaction has no field payee2"),
        ({"chargecardid": None}, "record_cctransaction lacks chargecardid"),
        ({"ccpayitems": []}, "ccpayitems of record_cctransaction must be a list with at least one ccpayitem"),
        ({"ccpayitems": "x"}, "must be a list"),
        ({"ccpayitems": [{"paymentamount": 1}]}, "ccpayitem needs exactly one of glaccountno, accountlabel, and has 0"),
        ({"ccpayitems": [{"paymentamount": 1, "glaccountno": 1, "accountlabel": "x"}]}, "and has 2"),
        ({"ccpayitems": [{"glaccountno": 1}]}, "ccpayitem lacks paymentamount"),
        (
            {"ccpayitems": [{"paymentamount": 1, "glaccountno": 1, "taskid": 1}]},
            "taskid, which goes only with projectid",
        ),
        ({"currency": "EUR"}, "currency, which goes only with exchratetype or exchrate"),
        ({"exchrate": Decimal("1.1")}, "exchrate, which goes only with currency"),
        ({"currency": "EUR", "exchrate": 1, "exchratetype": "x"}, "cannot have both"),
        ({"paymentdate": "2026-01-01"}, "paymentdate must be a date"),
        ({"paymentdate": datetime(2026, 1, 1)}, "paymentdate must be a date"),
        ({"payee": {"x": 1}}, "payee of record_cctransaction must be one value"),
    ],
)
def test_what_the_schema_refuses_is_refused_here_by_name(changes, why):
    with pytest.raises(BadInput, match=why):
        functions.record_cctransaction(MINIMAL_CARD | changes, control_id="1")


def test_same_arguments_make_the_same_bytes():
    first = functions.create_expensereport(EXPENSE_REPORT, control_id="fixed")
    again = functions.create_expensereport(dict(reversed(EXPENSE_REPORT.items())), control_id="fixed")
    assert first == again
    first.xml.decode("ascii")


def test_reads_have_a_control_id_of_their_own():
    made = [functions.lookup("VENDOR").control_id for _ in range(50)]
    assert len(set(made)) == 50


@pytest.mark.parametrize("control_id", ["", "x" * 257, " x", "x ", "a  b", "a\nb", "a\tb"])
def test_control_ids_that_would_not_come_back_as_sent_are_refused(control_id):
    with pytest.raises(BadInput, match="cannot be a control ID"):
        functions.create("X", {}, control_id=control_id)


def test_only_creating_functions_write():
    writing = {
        "create",
        "update",
        "record_cctransaction",
        "create_expensereport",
        "create_apadjustment",
        "create_expenseadjustmentreport",
    }
    writing |= {"create_supdoc", "update_supdoc", "create_supdocfolder"}
    for case in CASES.values():
        function = case()
        assert function.writes == (function.name.split(" ")[0] in writing), function.name


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: functions.query("X", []), "must name the fields"),
        (lambda: functions.query("X", ["A"], page_size=2001), "A page of 2001"),
        (lambda: functions.query("X", ["A"], page_size=0), "A page of 0"),
        (lambda: functions.query("X", ["A"], offset=-1), "below zero"),
        (lambda: functions.query("X", ["A"], filter=Equal("A", None)), "compares with nothing"),
        (lambda: In("A", []), "0 values for A"),
        (lambda: In("A", range(1001)), "1001 values for A"),
        (lambda: In("A", "abc"), "one text"),
        (lambda: And(), "has none"),
        (lambda: functions.read("X", []), "0 keys"),
        (lambda: functions.read("X", range(101)), "101 keys"),
        (lambda: functions.read("VENDOR", ["a,b"]), "'a,b'"),
        (lambda: functions.create("A B", {}, control_id="1"), "'A B' cannot be the name"),
        (lambda: functions.create("A", {"x><y": "1"}, control_id="1"), "cannot be the name"),
    ],
)
def test_what_the_gateway_would_refuse_is_refused_here(make, why):
    with pytest.raises(BadInput, match=why):
        make()


def test_joined_conditions_of_one_are_that_condition():
    made = functions.query("X", ["A"], filter=Or(And(Equal("A", 1))))
    assert [child.tag for child in etree.fromstring(made.xml).find("query/filter")] == ["equalto"]


def test_filters_are_values():
    assert Equal("A", 1) == Equal("A", 1) != In("A", [1])
    assert And(Equal("A", 1), In("B", [1])) == And(Equal("A", 1), In("B", (1,)))
    assert And(Equal("A", 1)) != Or(Equal("A", 1))


def test_a_request_holds_functions_of_different_control_ids():
    credentials = Credentials("s", "c", "u", sender_password="hidden-1", user_password="hidden-2")
    one = functions.create("X", {"A": HARD}, control_id="1")
    with pytest.raises(BadInput, match="control ID of its own"):
        request([one, one], credentials, control_id="c")
    with pytest.raises(BadInput, match="at least one function"):
        request([], credentials, control_id="c")
    body = request(
        [one, functions.create("Y", {}, control_id="2")], credentials, control_id="c", session_id="s", unique=True
    )
    root = etree.fromstring(body)
    assert [f.get("controlid") for f in root.iter("function")] == ["1", "2"]
    assert HARD in texts(root)
    assert root.findtext("control/uniqueid") == "true"
    assert "hidden" not in repr(credentials)


def test_dag_files_that_import_the_builders_do_not_import_lxml():
    code = (
        "import sys; import certify_intacct.intacct.hook, certify_intacct.certify.hook, certify_intacct.intacct.functions;"
        "print([m for m in ('lxml', 'pandas', 'great_expectations') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "[]"
