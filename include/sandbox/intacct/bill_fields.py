"""What a bill and its lines show although nobody gave it, as recorded from the service.

The vendor's contacts, the term in the vendor's notation, the summary, the payables account, and the vendor as each line's
dimension. STATE is a word in the header and a code in the lines.
"""

from __future__ import annotations

from collections.abc import Sequence

from include.sandbox.intacct import summaries
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.general_ledger import PAYABLE
from include.sandbox.intacct.money import Rate
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import need_date

_CONTACTS = (
    ("BILLTOPAYTOCONTACTNAME", "BILLTOPAYTOKEY", "PAYTO.CONTACTNAME"),
    ("SHIPTORETURNTOCONTACTNAME", "SHIPTORETURNTOKEY", "RETURNTO.CONTACTNAME"),
)
_FALSE = ("BILLED", "PARTIALEXEMPT", "PAYMENTTAXCAPTURE", "INCLUDETAXINASSETCOST", "SELECTFORPBE")
_ZERO = ("TOTALPAID", "TRX_TOTALPAID", "TOTALSELECTED", "TRX_TOTALSELECTED")


def complete_header(company: Company, header: Record, vendor: Record) -> None:
    """Fill in the header what its vendor, its term and its posting date say."""
    header["VENDORKEY"] = vendor.get("RECORDNO", "")
    for name, key, own in _CONTACTS:
        header[name] = header.get(name) or vendor.get(own) or vendor.get("DISPLAYCONTACT.CONTACTNAME", "")
        contact = company.find("CONTACT", header[name]) if header[name] else None
        header[key] = contact["RECORDNO"] if contact else ""
    term = company.find("APTERM", header["TERMNAME"]) if header.get("TERMNAME") else None
    header["TERMVALUE"] = f"::#{term.get('DUEDATE') or 0}#:O:" if term else ""
    if not header.get("PRBATCH") and header["WHENPOSTED"]:
        header["PRBATCH"] = f"Bills: {need_date(header['WHENPOSTED']):%Y/%m/%d} Batch"
    day = header["WHENPOSTED"] or header.get("WHENCREATED", "")
    header["PRBATCHKEY"] = (
        summaries.of_its_day(company, "APBILL", header["PRBATCH"], day) if header.get("PRBATCH") else ""
    )
    for name in ("TRX_TOTALRETAINED", "TRX_TOTALRELEASED", "TOTALRETAINED"):
        header.setdefault(name, header["TOTALPAID"])
    header.setdefault("RETAINAGERELEASED", "false")
    for name in ("USERID", "CREATEDUSERID"):
        header.setdefault(name, company.session.user)


def complete_lines(company: Company, header: Record, vendor: Record, rate: Rate, lines: Sequence[Record]) -> None:
    """Fill in the lines what the header and its vendor say."""
    payable = company.find("GLACCOUNT", vendor.get("APACCOUNT") or PAYABLE) or {}
    places: dict[str, str] = {}
    for line in lines:
        line |= {"RECORDTYPE": header["RECORDTYPE"], "RECORDID": header["RECORDID"], "LINEITEM": "T"}
        line |= dict.fromkeys(_FALSE, "false") | dict.fromkeys(_ZERO, header["TOTALPAID"])
        if rate.currency == rate.base:
            line["EXCH_RATE_DATE"] = ""
        if vendor and not line.get("VENDORID"):
            line |= {
                "VENDORID": header["VENDORID"],
                "VENDORNAME": vendor.get("NAME", ""),
                "VENDORDIMKEY": vendor["RECORDNO"],
            }
        if not line.get("OFFSETGLACCOUNTNO"):
            line |= {
                "OFFSETACCOUNTKEY": payable.get("RECORDNO", ""),
                "OFFSETGLACCOUNTNO": payable.get("ACCOUNTNO", ""),
                "OFFSETGLACCOUNTTITLE": payable.get("TITLE", ""),
            }
        line["PRENTRYOFFSETACCOUNTNO"] = line["OFFSETGLACCOUNTNO"]
        place = line.get("LOCATIONID", "")
        if place not in places:
            location = company.find("LOCATION", place) if place else None
            entity = company.find("LOCATION", company.entity_of(location)) if location else None
            places[place] = (entity or location or {}).get("RECORDNO", "")
        line["BASELOCATION"] = places[place]
