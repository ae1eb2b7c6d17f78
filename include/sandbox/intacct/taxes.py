"""The tax entries of a line: their solution, their details, and when a line must have one.

Intacct XML gateway reference, `TAXENTRIES` of transactions. An entity has one tax solution; the header names it at top level, where
the company has several. Which entity has which nobody publishes a field for: setting `entity_tax_solutions`.
"""

from __future__ import annotations

import json
from decimal import Decimal

from include.sandbox.intacct import problems
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import cents, money, read_decimal

MOST = 2
# All entries of a line; it shows the last detail and the sum. It never leaves the sandbox.
_ENTRIES = "_TAXENTRIES"


def settle(
    company: Company, header: Record, given: Given, record: Record, entity: str, number: Decimal, *, inclusive: bool
) -> Decimal:
    """The tax of a line, and into its record what it shows of it. Raises Problem.

    :param number: its amount, with the tax of an inclusive document
    """
    journal = given.kind.name == "GLENTRY"
    own = company.settings.entity_tax_solutions.get(entity, "")
    if not given.taxes:
        if own and not journal and company.settings.lines_without_tax_entry == "refuse":
            raise problems.no_tax_entry(own)
        return Decimal(0)
    if len(given.taxes) > (1 if journal else MOST):
        raise problems.too_many_tax_entries(1 if journal else MOST)
    if journal and header.get("TAXIMPLICATIONS", "") not in ("Inbound", "Outbound"):
        raise problems.missing("Tax implications")
    solution = _solution(company, header, given.taxes)
    if company.settings.entity_tax_solutions and own != solution:
        raise problems.solution_of_other_entity(solution, entity)
    amounts = [_entry(company, entry, solution, number, inclusive=inclusive, stated=journal) for entry in given.taxes]
    total = sum(amounts, Decimal(0))
    kept = [
        {"DETAILID": entry["DETAILID"], "TRX_TAX": f"{amount:f}"}
        for entry, amount in zip(given.taxes, amounts, strict=True)
    ]
    record[_ENTRIES] = json.dumps(kept)
    if company.settings.tax_on_lines == "shown":
        record |= {"DETAILID": kept[-1]["DETAILID"], "TRX_TAX": money(total, company.settings)}
    return total


def given_again(line: Record) -> list[dict[str, str]]:
    """The entries of a kept line as if they were given again."""
    if line.get(_ENTRIES):
        entries: list[dict[str, str]] = json.loads(line[_ENTRIES])
        return entries
    return [{"DETAILID": line["DETAILID"], "TRX_TAX": line["TRX_TAX"]}] if line.get("DETAILID") else []


def _solution(company: Company, header: Record, entries: list[dict[str, str]]) -> str:
    """The solution of a document: its header's, or what is clear without it."""
    stated = header.get("TAXSOLUTIONID", "")
    known = company.settings.entity_tax_solutions
    inside = company.session.entity
    if inside:
        if stated and company.settings.tax_solution_in_entity == "refuse":
            raise problems.solution_in_entity()
        of_first = company.find("TAXDETAIL", entries[0].get("DETAILID", "")) or {}
        return stated or known.get(inside, "") or of_first.get("TAXSOLUTIONID", "")
    all_of_them = set(known.values())
    if not stated and len(all_of_them) != 1:
        raise problems.missing("Tax solution")
    return stated or all_of_them.pop()


def _entry(
    company: Company, entry: dict[str, str], solution: str, number: Decimal, *, inclusive: bool, stated: bool
) -> Decimal:
    detail_id = entry.get("DETAILID", "")
    if not detail_id:
        raise problems.missing("Tax detail")
    detail = company.find("TAXDETAIL", detail_id)
    if detail is None or detail.get("STATUS", "active") != "active":
        raise company.unknown(company.catalog["TAXDETAIL"], detail_id)
    if detail.get("TAXSOLUTIONID", "") != solution:
        raise problems.wrong_tax_detail(detail_id, solution)
    if entry.get("TRX_TAX"):
        amount = read_decimal(entry["TRX_TAX"])
        if amount is None:
            raise problems.other(f"Tax amount {entry['TRX_TAX']} is not valid.")
        return cents(amount)
    if stated:
        raise problems.missing("Transaction tax")
    share = Decimal(detail.get("VALUE") or "0") / 100
    return cents(number * share / (1 + share) if inclusive else number * share)
