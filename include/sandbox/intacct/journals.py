"""Journal entries (GLBATCH with GLENTRY lines).

Intacct XML gateway reference, General Ledger > Journal entries: two lines or more, amounts absolute, TR_TYPE 1 debit and -1
credit, balanced in all, and by entity unless BASELOCATION_NO names the source entity. One of a statistical journal has a line or more,
on statistical accounts, and need not balance. Where entries are approved it is Submitted first (setting `journal_approval`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from include.sandbox.intacct import allocations, documents, fields, inter_entity, problems, taxes
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.documents import Document, lines_of, price_lines
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import Line, direct_posting_is_off
from include.sandbox.intacct.money import rate_kept, rate_of
from include.sandbox.intacct.records import Record, time_text
from include.sandbox.intacct.values import cents, need_date
from include.sandbox.store import Store


def prepare(company: Company, given: Given, before: Record | None = None) -> Document:
    """The journal entry that would be kept: a new one, or `before` with the given changes. Raises Problem."""
    kind = given.kind
    header = {**(before or {}), **fields.settle(company, given, defaults=before is None, active=True)}
    fields.require(kind, header)
    _reference(company, header, before)
    journal = company.find("GLJOURNAL", header["JOURNAL"]) or {}
    statistical = not journal or journal.get("STATISTICAL") == "true"
    if direct_posting_is_off(journal):
        raise problems.no_direct_posting("journal", header["JOURNAL"])
    given_lines = given.lines if given.lines is not None else kept_lines(company, before)
    if len(given_lines) < (1 if statistical else 2):
        raise problems.other(f"A journal entry needs {'a line' if statistical else 'two lines'} or more.")
    lines, records = _settled(company, header, given_lines, statistical=statistical)
    entered = state(company, draft=header.get("STATE") == "Draft")
    if entered["STATE"] != "Draft" and not statistical:
        records += _between_entities(company, header, _balance(company, header, lines), records)
    header |= entered | {
        "MODULE": kind.module or "",
        "USERINFO.LOGINID": company.session.user,
        "USERKEY": company.user_key,
        "MODIFIED": time_text(company.now),
        "MODIFIEDBYID": company.session.user,
        "ADJ": journal.get("ADJ", "false"),
        "BATCHNO": header.get("BATCHNO") or batch_number(company.store, header["JOURNAL"]),
        "JOURNAL_ENABLEEREPORTING": "false",
        "STATISTICAL": "true" if statistical else "false",
    }
    _complete_lines(company, header, records)
    return Document(kind, header, records, {line.entity for line in lines}, header["BATCH_DATE"])


def state(company: Company, *, draft: bool) -> Record:
    """STATE of a journal entry that is entered now."""
    if draft or not company.permitted("POST", "GLBATCH"):
        return {"STATE": "Draft"}
    return {"STATE": "Submitted" if company.settings.journal_approval else "Posted"}


def keep(company: Company, given: Given) -> Record:
    """Keep a new journal entry, and with REVERSEDATE the one that reverses it. Raises Problem."""
    document = prepare(company, given)
    day = document.header.get("REVERSEDATE", "")
    if day and need_date(day) <= need_date(document.posted_on):
        raise problems.other("The reversal date must be after the date of the transaction.")
    kept = documents.keep(company, document)
    if not day or kept["STATE"] == "Draft":
        return kept
    turned = [mirrored_line(line, day) for line in document.lines]
    header = mirrored(kept, day) | {"BATCHNO": batch_number(company.store, kept["JOURNAL"])}
    _complete_lines(company, header, turned)
    second = documents.keep(company, Document(given.kind, header, turned, document.entities, day))
    return company.store.update(
        SIDE, given.kind.name, kept["RECORDNO"], {"REVERSED": day, "REVERSEDKEY": second["RECORDNO"]}
    )


def mirrored(kept: Record, day: str) -> Record:
    """The header of the entry that reverses one on a day (mm/dd/yyyy): it stays Posted, and REVERSEDFROM tells it."""
    return {n: v for n, v in kept.items() if n not in {"RECORDNO", "RECORD_URL", "REVERSEDATE"}} | {
        "BATCH_DATE": day,
        "BATCH_TITLE": f"Reversed - {kept['BATCH_TITLE']}"[:80],
        "REVERSEDFROM": kept["BATCH_DATE"],
        "REVERSEDFROMKEY": kept["RECORDNO"],
    }


def mirrored_line(line: Record, day: str) -> Record:
    """A line of that entry: the same amount on the other side."""
    own = {n: v for n, v in line.items() if n not in {"RECORDNO", "BATCHNO"}}
    return own | {"TR_TYPE": "-1" if line["TR_TYPE"] == "1" else "1", "ENTRY_DATE": day}


def batch_number(store: Store, journal: str) -> str:
    """The next number of a journal's entries."""
    key = f"sequence/batch/{journal}"
    number = int(store.get_meta(key) or 0) + 1
    store.set_meta(key, number)
    return str(number)


def _complete_lines(company: Company, header: Record, records: Sequence[Record]) -> None:
    """What the lines show of their entry, as recorded: its number, date and title, and flags of one letter."""
    own = {
        "USERNO": company.user_key,
        "BATCH_NUMBER": header["BATCHNO"],
        "BATCH_DATE": header["BATCH_DATE"],
        "BATCHTITLE": header["BATCH_TITLE"],
        "STATISTICAL": "T" if header["STATISTICAL"] == "true" else "F",
        "CLEARED": "F",
        "ADJ": "T" if header["ADJ"] == "true" else "F",
        "SELECTFORPBE": "false",
    }
    for record in records:
        record |= own


def _settled(
    company: Company, header: Record, given_lines: Sequence[Given], *, statistical: bool
) -> tuple[list[Line], list[Record]]:
    """What has to balance, and the lines as they are kept, priced: the same but for those that are divided. Raises Problem."""
    lines: list[Line] = []
    records: list[Record] = []
    for number, given in enumerate(given_lines, start=1):
        parts = allocations.settle(company, header, given)
        for part in parts:
            _one_line(company, header, part, statistical=statistical)
        record = allocations.kept_record(company, parts, given)
        record |= {"LINE_NO": str(number), "ENTRY_DATE": header["BATCH_DATE"]}
        lines += parts
        records.append(record)
    return lines, records


def _one_line(company: Company, header: Record, line: Line, *, statistical: bool) -> None:
    fields.require(company.catalog["GLENTRY"], line.record)
    if line.amount < 0:
        raise problems.other("The amount of a journal entry line cannot be negative.")
    if statistical != (company.find("STATACCOUNT", line.record["ACCOUNTNO"]) is not None):
        raise problems.invalid_reference(
            company.catalog["GLACCOUNT"], line.record["ACCOUNTNO"], company.settings.invalid_reference_text
        )
    if statistical:
        line.record["AMOUNT"] = line.record["TRX_AMOUNT"]
        return
    rate = rate_of(company, line.record, line.entity, header["BATCH_DATE"])
    price_lines(company, rate, [line], header["BATCH_DATE"])


def _balance(company: Company, header: Record, lines: Sequence[Line]) -> dict[str, Decimal]:
    """By entity what its base amounts lack to balance.

    Raise Problem when they do not balance in all or, without a source entity, in one entity.

    The tax of a line comes on top of its amount: 5,000 with a tax of 500 is balanced by 5,500.
    """
    by_entity: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        tax = cents(line.tax * Decimal(line.record.get("EXCHANGE_RATE") or 1))
        by_entity[line.entity] += int(line.record["TR_TYPE"]) * (Decimal(line.record["AMOUNT"]) + tax)
    if sum(by_entity.values(), Decimal(0)) != 0:
        raise problems.out_of_balance("")
    uneven = sorted(entity for entity, rest in by_entity.items() if rest != 0)
    if not uneven:
        return {}
    source = header.get("BASELOCATION_NO", "")
    if not source:
        raise problems.out_of_balance(uneven[0])
    for entity in uneven:
        if entity != source and not inter_entity.related(company, source, entity):
            raise problems.no_inter_entity(source, entity)
    return by_entity


def _between_entities(
    company: Company, header: Record, rests: Mapping[str, Decimal], records: Sequence[Record]
) -> list[Record]:
    """The lines between entities, where the entry shows them (setting `inter_entity_lines`)."""
    if company.settings.inter_entity_lines == "apart":
        return []
    own = inter_entity.lines(company, header.get("BASELOCATION_NO", ""), rests, records[0])
    return [
        line | {"LINE_NO": str(number), "ENTRY_DATE": header["BATCH_DATE"]}
        for number, line in enumerate(own, start=len(records) + 1)
    ]


def _reference(company: Company, header: Record, before: Record | None) -> None:
    number = header.get("REFERENCENO", "")
    if not number or company.settings.duplicate_journal_reference == "accept":
        return
    for other in company.store.find(SIDE, "GLBATCH", "REFERENCENO", number):
        same = before is not None and other["RECORDNO"] == before["RECORDNO"]
        if not same and other.get("JOURNAL") == header["JOURNAL"]:
            raise problems.duplicate(company.catalog["GLBATCH"], number)


def kept_lines(company: Company, before: Record | None) -> list[Given]:
    """The lines of a kept journal entry as if they were given again."""
    kind = company.catalog["GLENTRY"]
    kept = lines_of(company, company.catalog["GLBATCH"], (before or {}).get("RECORDNO", ""))
    return [
        Given(
            kind,
            {n: v for n, v in line.items() if n in kind.fields and not kind.fields[n].readonly and n != "AMOUNT" and v},
            taxes=taxes.given_again(line),
            splits=allocations.splits_of(line),
        )
        for line in (rate_kept(line, ()) for line in kept)
    ]


RULES = documents.Rules(object="GLBATCH", prepare=prepare, keep=keep, kept_lines=kept_lines)
