"""The tax solutions and details that connector.yaml names, against those that Intacct has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from certify_intacct.model.configuration.tax import Tax, Taxes
from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.model.references import TaxDetail
from certify_intacct.rules.near_misses import looks_like
from certify_intacct.rules.preflight.facts import INTACCT


def taxes(
    configured: Taxes, solutions: Mapping[str, bool] | None, details: Mapping[str, TaxDetail] | None
) -> list[PreflightRow]:
    """A row for each solution and detail, and for each entity whose lines without tax would wait.

    :param solutions: by TAXSOLUTIONID whether it is active; None when they could not be read
    :param details: those of Intacct by DETAILID; None when they could not be read
    """
    policies = {"posting.tax.default": configured.default} | {
        f"posting.tax.entities.{entity}": policy for entity, policy in configured.entities.items()
    }
    taxed = {key: policy for key, policy in policies.items() if policy.solution}
    found = [row for key, policy in taxed.items() for row in _policy(key, policy, solutions, details)]
    return list({row.item: row for row in found}.values())


def _policy(
    key: str, policy: Tax, solutions: Mapping[str, bool] | None, details: Mapping[str, TaxDetail] | None
) -> Iterator[PreflightRow]:
    wrong = "" if solutions is None else _wrong("solution", policy.solution, solutions)
    yield _row(
        f"Tax solution {policy.solution}",
        wrong
        or "Which entities have it, Intacct does not tell: a document that names another than its entity's is refused.",
        f"connector.yaml: {key}.solution",
        missing=bool(wrong),
        known=solutions is not None,
    )
    for detail in policy.named_details:
        wrong = "" if details is None else _wrong_detail(detail, policy.solution, details)
        item = f"Tax detail {detail} of {policy.solution}"
        where = f"connector.yaml: {key}; or Intacct: Taxes > Tax details"
        yield _row(item, wrong, where, missing=bool(wrong), known=details is not None)
    if not policy.zero_detail and policy.untaxed_lines == "zero_detail":
        yield PreflightRow(
            area=INTACCT,
            item=f"Tax detail of lines without tax ({key})",
            outcome=Outcome.MISSING,
            required=False,
            detail=f"Lines without tax under {policy.solution} wait: each of its lines has a tax entry, and no zero_detail is named.",
            where_to_click=f"connector.yaml: {key}.zero_detail; or untaxed_lines: no_entry, if Intacct takes lines without one",
        )


def _wrong_detail(detail_id: str, solution: str, details: Mapping[str, TaxDetail]) -> str:
    found = details.get(detail_id)
    if found is not None and found.active and found.solution not in ("", solution):
        return f"It belongs to {found.solution}."
    return _wrong("detail", detail_id, {name: detail.active for name, detail in details.items()})


def _wrong(noun: str, name: str, active: Mapping[str, bool]) -> str:
    if active.get(name):
        return ""
    return f"Intacct has no active tax {noun} of this ID.{looks_like(name, active) if name not in active else ''}"


def _row(item: str, detail: str, where: str, *, missing: bool, known: bool) -> PreflightRow:
    outcome = Outcome.MISSING if missing else Outcome.PRESENT if known else Outcome.UNKNOWN
    return PreflightRow(
        area=INTACCT, item=item, outcome=outcome, detail=detail, where_to_click=where if missing else ""
    )
