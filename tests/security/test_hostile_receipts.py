"""Receipts whose names and contents want to be something else: files of Intacct are pictures and PDF under harmless names."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.posting import receipt_files, receipt_uploads
from tests.expense_company import company, report_id  # noqa: F401 - a fixture
from tests.security.edited import edited
from tests.security.test_hostile_rows import certify  # noqa: F401 - a fixture
from tests.security.test_hostile_texts import nothing_forged
from tests.transport.replay import Asked, Reply

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 300
NAMES: list[Any] = [
    *(
        "../../etc/passwd",
        "..",
        ".",
        "/",
        "C:\\x\\..\\y.png",
        "a\r\nSubject: b\r\n\r\nc.png",
        "\u202egnp.exe",
        "x" * 5000 + ".pdf",
    ),
    *(
        "noextension",
        "",
        None,
        7,
        {"a": 1},
        ["b"],
        "<b>x</b>.svg",
        "a\x00.png",
        "\ud800.png",
        "=cmd|' /C calc'!A0.png",
        "'; DROP TABLE x; --",
    ),
    *(
        "</attachmentname><attachmentdata>",
        "&lol;",
        "{{ 7*7 }}.%s",
        "\u05de\u05dc\u05d5\u05df.jpg",
        "a.b.c.d",
        ".htaccess",
        "CON",
    ),
]


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


#: What ReceiptImage holds, and the type of the file that comes of it.
CONTENTS: dict[str, tuple[Any, str]] = {
    "png": (encoded(PNG), "png"),
    "jpeg": (encoded(b"\xff\xd8\xff\xe0abc"), "jpg"),
    "gif": (encoded(b"GIF89aabc"), "gif"),
    "pdf": (encoded(b"%PDF-1.4 abc"), "pdf"),
    "tiff": (encoded(b"II*\x00abc"), "tif"),
    "heic": (encoded(b"\x00\x00\x00\x18ftypheicabc"), "heic"),
    "webp": (encoded(b"RIFF\x01\x02\x03\x04WEBPabc"), "webp"),
    "data address": ("data:image/png;base64," + encoded(PNG), "png"),
    "lines": ("\r\n".join(re.findall(".{1,76}", encoded(PNG))), "png"),
    "number": (5, ""),
    "object": ({"data": encoded(PNG)}, ""),
    "page": (encoded(b"<!DOCTYPE html><script>alert(1)</script>"), ""),
    "drawing": (encoded(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), ""),
    "program": (encoded(b"MZ\x90\x00"), ""),
    "archive": (encoded(b"PK\x03\x04"), ""),
    "padding": ("data:text/html;base64," + encoded(b"<html>\x1b[2J\r\nposted 99 reports"), ""),
    "cut": (encoded(PNG)[:-3], ""),
    "no base64": ("<html>not allowed</html>", ""),
    "a picture and more": (encoded(PNG) + "</attachmentdata><x/>", ""),
    "NUL": ("\x00" + encoded(PNG), ""),
    "large": (encoded(PNG[:8] + b"y" * 1_000_000), ""),
    # Longer than an answer with the largest receipt: it is not even read.
    "huge": ("A" * 3_000_000, ""),
}
#: Whole answers in the place of a receipt.
ANSWERS: dict[str, Reply | Any] = {
    **{
        name: {"Receipts": [{"ID": "{id}", "ReceiptImage": image}], "Page": 1, "PageCount": 1, "RecordCount": 1}
        for name, image in (("missing", None), ("empty", ""), ("blank", " \r\n "))
    },
    "none": {"Receipts": [], "Page": 1, "PageCount": 1, "RecordCount": 1},
    "unknown": Reply(b"", 404),
    "another receipt": {
        "Receipts": [{"ID": "somebody-else", "ReceiptImage": encoded(PNG)}],
        "Page": 1,
        "PageCount": 1,
        "RecordCount": 1,
    },
    "two receipts": {"Receipts": [{"ID": "x"}, {"ID": "x"}], "Page": 1, "PageCount": 1, "RecordCount": 2},
    "a list": [],
    "a page": Reply(b"<html><h1>Sign in</h1></html>", headers={"Content-Type": "text/html"}),
    "cut": Reply(b'{"Receipts": [{"ID": "x", "ReceiptImage": "' + b"A" * 1000, cut="within"),
    "refusal": {"errorCode": "5", "errorValue": "no\r\nposted 99 reports"},
}


def with_receipt(company, number: int) -> str:  # noqa: F811
    """A report with a receipt; gives the receipt's ID."""
    company.report(number, {"Amount": "10.00", "ReimAmount": "10.00", "ReceiptID": f"receipt-{number}"})
    return f"receipt-{number}"


def test_receipts_become_pictures_under_harmless_names_or_are_refused_by_name(company, certify, caplog):  # noqa: F811
    company.configure(receipts={"largest_megabytes": 1})
    names = {with_receipt(company, number): name for number, name in enumerate(NAMES, start=100)}
    contents = {with_receipt(company, number): given for number, given in enumerate(CONTENTS.values(), start=200)}
    answers = {with_receipt(company, number): given for number, given in enumerate(ANSWERS.values(), start=300)}
    # Two receipts in one attachment whose IDs begin alike.
    line = {"Amount": "10.00", "ReimAmount": "10.00"}
    company.report(400, line | {"ReceiptID": "00000000-0000-1"}, line | {"ReceiptID": "00000000-0000-2"})

    def edit(asked: Asked, text: str) -> str | Reply:
        receipt = asked.path.partition("/receipts/")[2]
        if receipt in answers:
            answer = answers[receipt]
            return answer if isinstance(answer, Reply) else Reply(json.dumps(answer).replace("{id}", receipt).encode())
        if not receipt:
            return text
        image, _ = contents.get(receipt, (encoded(PNG), ""))
        record = {"ID": receipt.upper(), "Filename": names.get(receipt, "picture.exe"), "ReceiptImage": image}
        return Reply(
            json.dumps({"Receipts": [record], "Page": 1, "PageCount": 1, "Records": 1, "RecordCount": 1}).encode()
        )

    caplog.set_level("INFO")
    with edited(company.sandbox.url, edit) as server:
        certify(server.url)
        company.sync()
    stored = {record["SUPDOCID"]: record["ATTACHMENTS"] for record in company.sandbox.state("intacct", "SUPDOC")}
    tokens = {row["report_id"]: row["token"] for row in company.sql("SELECT report_id, token FROM ledger.document")}
    assert set(company.states()) == {"in_gl"}

    for number in range(100, 100 + len(NAMES)):
        (file,) = stored[tokens[report_id(number)]]
        assert re.fullmatch(r"\w[\w -]{0,39}-[0-9a-f]{8}", file["attachmentname"]), file["attachmentname"]
        assert (file["attachmenttype"], file["attachmentdata"]) == ("png", encoded(PNG))
    left_out = {
        row["what"]: row["reason"] for row in company.sql("SELECT what, reason FROM ops.alarm WHERE rule = 'receipt'")
    }
    for number, (name, (_, kind)) in enumerate(CONTENTS.items(), start=200):
        assert [file["attachmenttype"] for file in stored[tokens[report_id(number)]]] == ([kind] if kind else []), name
        assert (f"Receipt receipt-{number} of report" in caplog.text) == (not kind), name
        told = left_out.get(f"report {report_id(number)}", "")
        assert (f"Receipt receipt-{number} is" in told and "is not attached" in told) == (not kind), name
    assert len({file["attachmentname"] for file in stored[tokens[report_id(400)]]}) == 2

    # What could not be had may still come: these receipts wait, each by its name, and nothing waits for them.
    waiting = {f"receipt-{300 + number}" for number in range(len(ANSWERS))}
    assert company.open_items() == {}
    rows = company.sql("SELECT receipt_id, problem FROM ledger.open_receipt")
    assert {row["receipt_id"] for row in rows} == waiting
    assert all(row["problem"] for row in rows)
    for number in range(len(ANSWERS)):
        assert (
            f"Receipt receipt-{300 + number} could not be attached yet" in left_out[f"report {report_id(300 + number)}"]
        )
        assert stored[tokens[report_id(300 + number)]] == []
    nothing_forged(caplog.text)

    # Certify is well again.
    certify(company.sandbox.url)
    for number in range(len(ANSWERS)):
        company.receipt("x", f"receipt-{300 + number}")
    company.sync()
    assert company.sql("SELECT 1 FROM ledger.open_receipt") == []
    stored = {record["SUPDOCID"]: record["ATTACHMENTS"] for record in company.sandbox.state("intacct", "SUPDOC")}
    assert all(len(stored[tokens[report_id(300 + number)]]) == 1 for number in range(len(ANSWERS)))
    assert len(company.posted()) == len(NAMES) + len(CONTENTS) + len(ANSWERS) + 1


@given(st.text(max_size=60) | st.sampled_from(["v1.2.final.pdf", "a.b", "...", "no.1 taxi. .jpg"]))
def test_a_name_has_no_dot_as_the_vendors_page_wants_it(name):
    named = receipt_files.file_of("r", {"Filename": name, "ReceiptImage": encoded(PNG)}, 1)["attachmentname"]
    assert re.fullmatch(r"\w[\w -]{0,39}-[0-9a-f]{8}", named)


def test_what_stood_between_dots_can_be_read():
    record = {"Filename": "v1.2.final.pdf", "ReceiptImage": encoded(PNG)}
    assert receipt_files.file_of("r", record, 1)["attachmentname"].startswith("v1_2_final-")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.JPEG", b"a picture of a kind of its own", "jpg"),
        ("a.pdf", b"\x00\x01", "pdf"),
        ("a.png", b" <script>", ""),
        ("a.png", b"PK\x03\x04", ""),
        ("a.docx", b"some text", ""),
        ("png", b"some text", ""),
    ],
)
def test_the_name_counts_where_the_content_is_unknown_and_harmless(name, content, kind):
    record = {"Filename": name, "ReceiptImage": encoded(content)}
    if kind:
        assert receipt_files.file_of("r", record, 1)["attachmenttype"] == kind
    else:
        with pytest.raises(receipt_files.Refused, match="neither a picture nor a PDF"):
            receipt_files.file_of("r", record, 1)


def test_many_receipts_of_one_report_go_in_parts(company, certify, monkeypatch):  # noqa: F811
    """A request holds so many bytes whatever a report brings, and every file arrives."""
    monkeypatch.setattr(receipt_uploads, "REQUEST_BYTES", 50_000)
    line = {"Amount": "10.00", "ReimAmount": "10.00"}
    ids = [f"r-{number}" for number in range(12)]
    company.report(1, *(line | {"ReceiptID": identity} for identity in ids))
    for identity in ids:
        company.receipt(identity, identity, PNG[:8] + b"z" * 15_000)
    company.sandbox.fault(side="intacct", match="update_supdoc", kind="drop_after_commit", times=1)
    sent: list[int] = []
    send = receipt_uploads.ReceiptUploads._send

    def counted(self, batch):
        sent.append(sum(len(self._function(upload).xml) for upload in batch))
        return send(self, batch)

    monkeypatch.setattr(receipt_uploads.ReceiptUploads, "_send", counted)
    company.sync()
    company.sync()
    assert len(sent) == 6
    assert max(sent) < 60_000
    (attachment,) = company.sandbox.state("intacct", "SUPDOC")
    names = [file["attachmentname"] for file in attachment["ATTACHMENTS"]]
    assert len(set(names)) == len(names) == len(ids)
    assert company.states() == {"in_gl": 1}


@pytest.mark.parametrize("encoding", ["base64", "base64_lines", "data_uri"])
def test_receipts_arrive_however_certify_encodes_them(company, encoding):  # noqa: F811
    company.sandbox.settings(certify_receipt_encoding=encoding)
    company.receipt("x", with_receipt(company, 1), PNG)
    company.sync()
    (attachment,) = company.sandbox.state("intacct", "SUPDOC")
    assert [file["attachmentdata"] for file in attachment["ATTACHMENTS"]] == [encoded(PNG)]
    assert company.states() == {"in_gl": 1}
