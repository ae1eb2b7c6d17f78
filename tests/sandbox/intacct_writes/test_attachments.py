"""Attachments and folders: create, add files, delete, and use on a bill."""

from __future__ import annotations

from tests.sandbox.intacct_writes.conftest import Client, bill
from tests.sandbox_fixture import RunningSandbox

LISTS = ('<get_list object="supdocfolder"/>', '<get_list object="supdoc"/>')
FOLDER = "<create_supdocfolder><supdocfoldername>Receipts</supdocfoldername></create_supdocfolder>"


def supdoc(*files: str, verb: str = "create", number: str = "A1", folder: str = "Receipts") -> str:
    """create_supdoc or update_supdoc with files of this name."""
    place = f"<supdocfoldername>{folder}</supdocfoldername>" if folder else ""
    inside = "".join(
        f"<attachment><attachmentname>{name}</attachmentname><attachmenttype>pdf</attachmenttype>"
        f"<attachmentdata>{data}</attachmentdata></attachment>"
        for name, data in (one.split("=", 1) for one in files)
    )
    block = f"<attachments>{inside}</attachments>" if inside else ""
    return f"<{verb}_supdoc><supdocid>{number}</supdocid>{place}{block}</{verb}_supdoc>"


def test_the_whole_life(client: Client, company: RunningSandbox) -> None:
    assert client.one(FOLDER).key == "1"
    assert client.one(supdoc("one=QUJD")).key == "1"
    assert client.one(supdoc("two=QUJD", verb="update", folder="")).status == "success"
    (kept,) = company.state("intacct", "SUPDOC")
    assert [one["attachmentname"] for one in kept["ATTACHMENTS"]] == ["one", "two"]
    assert kept["FOLDERNAME"] == "Receipts"
    assert client.one(bill(SUPDOCID="A1")).status == "success"
    assert client.one('<delete_supdocfolder key="Receipts"/>').status == "failure"
    assert client.one('<delete_supdoc key="A1"/>').status == "success"
    assert client.one('<delete_supdocfolder key="Receipts"/>').status == "success"
    assert company.state("intacct", "SUPDOC") == []


def test_refusals(client: Client) -> None:
    client.send(FOLDER, supdoc("one=QUJD"))
    cases = {
        FOLDER: "Another Attachment Folder with the given value(s) Receipts  already exists",
        supdoc("two=QUJD"): "Another Attachment with the given value(s) A1  already exists",
        supdoc("two=QUJD", number="A2", folder="Nowhere"): "Invalid Attachment Folder 'Nowhere' specified.",
        supdoc("two=QUJD", number="A9", verb="update"): "Invalid Attachment 'A9' specified.",
        supdoc("one=QUJD", verb="update"): "Attachment file 'one.pdf' already exists; delete it first.",
        supdoc("two=%%%", verb="update"): "The data of attachment 'two' is not valid base64.",
    }
    for function, text in cases.items():
        done = client.one(function)
        assert (done.status, done.first) == ("failure", text)


def test_a_name_with_a_period(client: Client, company: RunningSandbox) -> None:
    """V: name and type have none; what becomes of one is a setting."""
    client.one(FOLDER)
    done = client.one(supdoc("scan.v2=QUJD"))
    assert (done.status, done.first) == ("failure", "The attachmentname 'scan.v2' cannot contain a period.")
    company.settings(attachment_name_periods="accept")
    assert client.one(supdoc("scan.v2=QUJD")).status == "success"


def test_who_made_it_and_who_changed_it(client: Client, company: RunningSandbox) -> None:
    """V: PsIntacct: createdby is a login, lastmodifiedby a number; an attachment that was not changed has neither of the latter."""
    client.send(FOLDER, supdoc("one=QUJD"))
    folder, made = (item for result in client.send(*LISTS) for item in result.data)
    assert [child.tag for child in folder][4:] == ["createdby", "lastmodified", "lastmodifiedby", "status"]
    assert (folder.findtext("createdby"), (folder.findtext("lastmodifiedby") or "").isdigit()) == ("xml_gateway", True)
    assert [child.tag for child in made][4:] == ["description", "creationdate", "createdby", "attachments"]
    assert made.findtext("createdby") == "xml_gateway"
    assert client.one(supdoc("two=QUJD", verb="update", folder="")).status == "success"
    ((changed,),) = (result.data for result in client.send(LISTS[1]))
    assert (changed.findtext("lastmodifiedby") or "").isdigit()


def test_an_attachment_lies_in_a_folder(client: Client) -> None:
    """Required (Attachments > Create attachment), though the schema lets it be left out."""
    done = client.one("<create_supdoc><supdocid>A1</supdocid></create_supdoc>")
    assert done.first == "Required field Folder is missing"
    done = client.one("<create_supdoc><supdocid>A1</supdocid><supdocfoldername>None</supdocfoldername></create_supdoc>")
    assert done.first == "Invalid Attachment Folder 'None' specified."
