"""What a recording keeps of an answer: its form, the vendor's words, and nothing of anybody."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from include.recording.bodies import parsed_json, redacted, redacted_question
from include.recording.redaction import Redaction

# What XML and JSON can both hold; categories of characters that are no text are left out.
TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=40)
PERSONAL = (
    "NAME",
    "FIRSTNAME",
    "EMAIL1",
    "PERSONALINFO.PRINTAS",
    "DESCRIPTION",
    "VENDORID",
    "CARDNUM",
    "RECORD_URL",
    "MAILADDRESS",
)
NOTHING: frozenset[str] = frozenset()


def telling(text: str) -> list[str]:
    """The parts of a text that could tell whose it is: runs of letters and digits that chance would not make again."""
    return [run.casefold() for run in re.findall(r"[^\W_]{7,}", text) if run.strip("0")]


def xml_of(records: list[dict[str, str]]) -> bytes:
    root = etree.Element("response")
    data = etree.SubElement(etree.SubElement(etree.SubElement(root, "operation"), "result"), "data")
    data.set("listtype", "VENDOR")
    data.set("count", str(len(records)))
    for record in records:
        block = etree.SubElement(data, "VENDOR")
        for name, text in record.items():
            etree.SubElement(block, name).text = text
    return etree.tostring(root)


def form(element: etree._Element) -> list[object]:
    return [
        element.tag,
        sorted(element.attrib),
        len((element.text or "").strip()) > 0,
        [form(child) for child in element],
    ]


@given(st.lists(st.dictionaries(st.sampled_from(PERSONAL), TEXTS), max_size=5))
def test_xml_keeps_its_form_and_tells_nothing(records):
    body = xml_of(records)
    kept = redacted(body, Redaction(), NOTHING)
    blank_free = etree.fromstring(body, etree.XMLParser(remove_blank_text=True))
    assert form(etree.fromstring(kept.encode())) == form(blank_free)
    said = [run for record in records for text in record.values() for run in telling(text)]
    values = "\n".join(etree.fromstring(kept.encode()).itertext()).casefold()
    assert [run for run in said if run in values] == []


@given(
    st.lists(
        st.dictionaries(st.sampled_from(("FirstName", "Email", "Reason", "CCLast", "ID", "Vendor")), TEXTS), max_size=5
    )
)
def test_json_keeps_its_form_and_tells_nothing(records):
    content = {"Page": 1, "PageCount": 3, "Records": len(records), "RecordCount": 71, "Expenses": records}
    kept = json.loads(redacted(json.dumps(content).encode(), Redaction(), NOTHING))
    assert [kept[name] for name in ("Page", "PageCount", "Records", "RecordCount")] == [1, 3, len(records), 71]
    assert [list(record) for record in kept["Expenses"]] == [list(record) for record in records]
    said = [run for record in records for text in record.values() for run in telling(text)]
    values = "\n".join(value for record in kept["Expenses"] for value in record.values()).casefold()
    assert [run for run in said if run in values] == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS,
        lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
        max_leaves=20,
    )
)
def test_every_value_of_json_stays_of_its_kind(content):
    def kinds(value: object) -> object:
        if isinstance(value, dict):
            return {name: kinds(inner) for name, inner in value.items()}
        return [kinds(inner) for inner in value] if isinstance(value, list) else type(value)

    body = json.dumps(content).encode()
    assume(not re.search(rb"\d{60}", body))
    assert kinds(json.loads(redacted(body, Redaction(), NOTHING))) == kinds(content)


@given(st.lists(st.decimals(-10_000, 10_000, places=2, allow_nan=False), min_size=1, max_size=8))
def test_what_added_up_adds_up(amounts):
    lines = ",".join(f'{{"Amount":{amount}}}' for amount in amounts)
    body = f'{{"TotalAmount":{sum(amounts)},"Expenses":[{lines}]}}'.encode()
    kept = dict(parsed_json(redacted(body, Redaction(), NOTHING).encode()))
    assert sum(Decimal(dict(line)["Amount"]) for line in kept["Expenses"]) == kept["TotalAmount"]
    if sum(amounts):
        assert kept["TotalAmount"] != sum(amounts)


@given(st.integers(0, 99_999), st.integers(0, 99_999))
def test_whole_amounts_and_those_with_cents_stay_in_proportion(whole, cents):
    body = f"<r><AMOUNT>{whole}</AMOUNT><TRX_AMOUNT>{whole}.00</TRX_AMOUNT><TOTALENTERED>{whole}.{cents:05}</TOTALENTERED></r>"
    kept = [Decimal(one.text) for one in etree.fromstring(redacted(body.encode(), Redaction(), NOTHING).encode())]
    assert kept[0] == kept[1]
    assert kept[2] * whole == kept[0] * Decimal(f"{whole}.{cents:05}")


@given(TEXTS)
def test_the_same_is_the_same_within_a_recording(text):
    one = Redaction()
    assert one.text(text) == one.text(text)
    assert len(one.text(text)) == len(text)


def test_another_recording_says_it_otherwise():
    assert Redaction().text("Konstantinopel 98765432") != Redaction().text("Konstantinopel 98765432")


@given(st.sets(st.integers(1, 5_000), min_size=1, max_size=60))
def test_numbers_that_tell_records_apart_still_do(numbers):
    one = Redaction()
    said = [one.value("RECORDNO", str(number)) for number in numbers]
    assert len(set(said)) == len(numbers)
    assert [len(text) for text in said] == [len(str(number)) for number in numbers]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 400))
def test_days_stay_as_far_from_each_other(day, further):
    one, later = Redaction(), day + timedelta(days=further)
    american = [one.value("WHENCREATED", f"{moment:%m/%d/%Y}") for moment in (day, later)]
    moved = [date(int(text[6:]), int(text[:2]), int(text[3:5])) for text in american]
    assert moved[1] - moved[0] == later - day
    assert moved[0] != day
    assert one.value("ProcessedDate", day.isoformat()) == moved[0].isoformat()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("User Hieronymus.Bosch does not exist", "User ……………….……… does not exist"),
        ("Object definition NOSUCHOBJECT not found", "Object definition NOSUCHOBJECT not found"),
        ("The value 'company' is invalid [Support ID: x9Zq2%7EYb]", "The value '………' is invalid [Support ID: …………]"),
        (
            "Your transaction date (03/31/2026) is within a period that's been closed.",
            "Your transaction date (##/##/####) is within",
        ),
    ],
)
def test_the_text_of_an_error_keeps_its_words_and_no_value(said, kept):
    body = f"<response><errormessage><error><description2>{said}</description2></error></errormessage></response>"
    text = etree.fromstring(redacted(body.encode(), Redaction(), frozenset({"nosuchobject"})).encode()).findtext(
        ".//description2"
    )
    pattern = re.sub(r"…+", r"\\S+", re.escape(kept).replace(r"\#", r"\d").replace("#", r"\d"))
    assert re.match(pattern, text), text
    for value in ("Hieronymus", "Bosch", "'company'", "x9Zq2", "03/31/2026"):
        assert value not in text


def test_who_signs_in_is_told_nowhere_be_it_a_word():
    body = b'{"errorCode":"401","errorValue":"The user posting of company report is not valid."}'
    kept = dict(parsed_json(redacted(body, Redaction(["posting", "report"]), NOTHING).encode()))
    assert "posting" not in kept["errorValue"]
    assert "report" not in kept["errorValue"]
    assert kept["errorValue"].startswith("The user ")
    assert kept["errorCode"] == "401"


def test_no_session_and_no_sender_is_kept():
    body = b"<response><control><senderid>acme</senderid></control><data><api><sessionid>Ab9-token</sessionid></api></data></response>"
    kept = redacted(body, Redaction(), NOTHING)
    assert "acme" not in kept
    assert "token" not in kept
    assert kept.count("***") == 2


def test_a_field_that_the_company_made_is_its_own():
    body = b"""<response><data><Type Name="VENDOR"><Fields>
      <Field><ID>VENDORID</ID><LABEL>Vendor</LABEL><DATATYPE>TEXT</DATATYPE><ISCUSTOM>false</ISCUSTOM></Field>
      <Field><ID>ALIMONY_OF_JANE</ID><LABEL>Jane's alimony</LABEL><DATATYPE>TEXT</DATATYPE><ISCUSTOM>true</ISCUSTOM></Field>
      </Fields></Type></data></response>"""
    one = Redaction()
    kept = redacted(body, one, NOTHING)
    assert "<ID>VENDORID</ID>" in kept
    assert "ALIMONY" not in kept
    assert "Jane" not in kept
    assert "alimony" not in kept
    record = b"<response><data><VENDOR><VENDORID>V1</VENDORID><ALIMONY_OF_JANE>7</ALIMONY_OF_JANE></VENDOR></data></response>"
    assert "ALIMONY" not in redacted(record, one, NOTHING)


def test_a_record_without_an_envelope_is_a_record():
    body = b'{"ID":"Hieronymus","Name":"Bosch","Description":"The company of Bosch","Label":"Bosch"}'
    assert [text for text in ("Hieronymus", "Bosch", "company") if text in redacted(body, Redaction(), NOTHING)] == []
    body = b'<response><data count="1"><entity name="Hieronymus" id="Bosch">Bosch</entity></data></response>'
    kept = redacted(body, Redaction(), NOTHING)
    assert [text for text in ("Hieronymus", "Bosch") if text in kept] == []
    assert 'count="1"' in kept


def test_a_dimension_that_the_company_made_is_its_own():
    body = b"""<response><data><APBILLITEM><ACCOUNTNO>4711</ACCOUNTNO><GLDIMREHAB_CLINIC>7</GLDIMREHAB_CLINIC></APBILLITEM>
      <GLACCOUNT><REQUIREGLDIMREHAB_CLINIC>true</REQUIREGLDIMREHAB_CLINIC></GLACCOUNT></data></response>"""
    kept = redacted(body, Redaction(), NOTHING)
    assert "REHAB" not in kept
    assert "CLINIC" not in kept
    names = {element.tag for element in etree.fromstring(kept.encode()).iter()}
    assert sum("GLDIM" in name for name in names) == 2


@pytest.mark.parametrize("code", ["XL03000006", "GW-0011", "XMLGW_JPP0002", "Query Failed"])
def test_the_number_of_an_error_stays(code):
    body = f"<response><errormessage><error><errorno>{code}</errorno></error></errormessage></response>"
    assert f"<errorno>{code}</errorno>" in redacted(body.encode(), Redaction(), NOTHING)


def test_who_stands_in_place_of_a_number_does_not():
    body = b"<response><errormessage><error><errorno>Hieronymus Failed</errorno></error></errormessage></response>"
    kept = redacted(body, Redaction(), NOTHING)
    assert "Hieronymus" not in kept
    assert "Failed" in kept


def test_a_question_tells_whose_record_it_asked_for():
    one = Redaction()
    question = b"<function controlid='q'><read><object>VENDOR</object><keys>4711,4712</keys><fields>*</fields></read></function>"
    kept = redacted_question(question, one)
    assert "4711" not in kept
    assert one.value("RECORDNO", "4711") in kept
    assert "<object>VENDOR</object>" in kept


def test_an_image_keeps_how_it_is_written():
    image = "iVBORw0KGgo" * 20
    for before, after in ((image, "A" * 200), (f"data:image/png;base64,{image}", "data:image/png;base64," + "A" * 200)):
        body = json.dumps({"Receipts": [{"ReceiptImage": before}]}).encode()
        assert (
            dict(dict(parsed_json(redacted(body, Redaction(), NOTHING).encode()))["Receipts"][0])["ReceiptImage"]
            == after
        )


def test_a_page_in_front_of_the_service_keeps_its_words():
    body = b'<html><body class="acme"><h2>HTTP Error 400. The request has an invalid header name.</h2><a href="https://x/?token=s3cr3t">acme</a></body></html>'
    kept = redacted(body, Redaction(), NOTHING)
    assert "The request has an invalid header name." in kept
    assert "s3cr3t" not in kept
    assert "acme" not in kept
