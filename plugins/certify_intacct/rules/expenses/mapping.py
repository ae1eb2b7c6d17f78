"""Where a line goes: entity, account and dimensions, by configuration, checked against what Intacct has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from certify_intacct.model.configuration import DimensionsConfiguration, PostingConfiguration
from certify_intacct.model.configuration.paid import LineTraits
from certify_intacct.model.configuration.tax import BY_LOCATION, TaxTraits
from certify_intacct.model.dimensions import DEPARTMENT, ENTITY, CertifyPlace, PlaceKind
from certify_intacct.model.references import Account, References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import billing, coding
from certify_intacct.rules.near_misses import is_blank, looks_like, near_miss
from certify_intacct.rules.texts import in_yaml

#: Where a person allows it; the beginning of a sentence.
ALLOW_DIRECT_POSTING = (
    "Clear Disallow direct posting in Intacct (General Ledger > Accounts or Journals), so that entries come"
)


@dataclass(frozen=True, kw_only=True)
class Coding:
    """Where a line goes.

    :param location: the entity, and in a company without entities the location, where there is one
    :param dimensions: further dimensions by their field on a line (``PROJECTID``)
    """

    account: str
    location: str
    department: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    billable: bool = False


@dataclass(frozen=True, kw_only=True)
class OwnAccount:
    """An account that a policy gives to a line, whatever its category's is.

    :param key: the key of connector.yaml that names it
    """

    code: str
    key: str


@dataclass(frozen=True, kw_only=True)
class AccountChoice:
    """How the accounts of the lines of a document are chosen.

    :param map: account by the name of the Certify category
    :param by_gl_code: whether a category that ``map`` does not name goes by its GL code
    :param listed: what Intacct has of them
    :param noun: what one is called
    :param key: the key of connector.yaml that holds ``map``
    :param by_label: whether they are names of accounts and not GL accounts
    :param direct: whether lines are entered into the account directly, which it may disallow
    """

    map: Mapping[str, str]
    by_gl_code: bool
    listed: Mapping[str, Account]
    noun: str
    key: str
    by_label: bool = False
    direct: bool = False

    def problem(self, code: str) -> str:
        """What is wrong with one of them, empty when nothing is."""
        known = self.listed.get(code)
        if known is None:
            like = near_miss(code, self.listed)
            return f"Intacct has no {self.noun} {code!r}" + (f" (it looks like {like!r})" if like else "")
        if not known.active:
            return f"{self.noun} {code!r} is inactive"
        return no_direct_posting(known) if self.direct else ""


def account_choice(posting: PostingConfiguration, references: References) -> AccountChoice:
    """By section ``posting.accounts``."""
    rule = posting.accounts
    return AccountChoice(
        map=rule.map,
        by_gl_code=rule.source == "gl_code",
        listed=references.labels if rule.by_label else references.accounts,
        noun="AP account label" if rule.by_label else "GL account",
        key="posting.accounts.map",
        by_label=rule.by_label,
    )


def entity_code(
    report: ExpenseReport, line: ExpenseLine, references: References, dimensions: DimensionsConfiguration
) -> str:
    """The Intacct entity (LOCATIONID) of a line: the one that Certify states, else that of its department, else the company's default.

    Empty when nothing says one, and in a company without entities.
    """
    if references.single_entity:
        return ""
    return coding.entity_of(report, line, dimensions)


def traits_of(
    report: ExpenseReport, line: ExpenseLine, references: References, dimensions: DimensionsConfiguration
) -> LineTraits:
    """What may decide what becomes of a line."""
    department = dimensions.of(DEPARTMENT.name)
    return LineTraits(
        category=line.category,
        card=line.card_name,
        entity=entity_code(report, line, references, dimensions),
        department=coding.code_of(report, line, department) if department else "",
    )


def tax_traits_of(
    report: ExpenseReport, line: ExpenseLine, country: str, dimensions: DimensionsConfiguration
) -> TaxTraits:
    """What may decide about the tax of a line.

    :param country: where Certify states the country (``posting.tax.country``)
    """
    if country == BY_LOCATION:
        stated = line.location
    else:
        stated = coding.stated_at(CertifyPlace.parse(country), report, line) if country else ""
    department = coding.code_of(report, line, dimensions.departments)
    return TaxTraits(category=line.category, country=stated, department=department)


def check_entity(entity: str, references: References, dimensions: DimensionsConfiguration) -> list[Hold]:
    """Why nothing can be posted for that entity. A company without entities needs none."""
    if references.single_entity:
        return []
    place = dimensions.entities.place
    if is_blank(entity):
        chosen = (
            "Choose the entity on each expense"
            if place.kind is PlaceKind.REPORT_GLD
            else "Assign the entity to the user"
        )
        cure = (
            f"{chosen} in Certify, and have the report processed again; when it has one, give it its code ({place.menu}). Or say in "
            "connector.yaml what holds for such lines: dimensions.entity.by_department, or dimensions.entity.default."
        )
        return [Hold(Rule.ENTITY_MISSING, f"{place.label} is empty or has no code.", cure)]
    known = references.entities.get(entity)
    if known is None:
        return [
            Hold(
                rule=Rule.ENTITY_UNKNOWN,
                reason=f"Intacct shows no entity {entity!r}.{looks_like(entity, [*references.entities, *dimensions.entities.map])}",
                cure="Correct it in dimensions.entity of connector.yaml, or let the web services user see the entity."
                if entity in dimensions.entities.named
                else "Correct the code in Certify, map it in dimensions.entity.map, or let the web services user see the entity.",
            )
        ]
    if not known.active:
        return [
            Hold(
                rule=Rule.ENTITY_INACTIVE,
                reason=f"Entity {entity!r} is {known.status} in Intacct.",
                cure="Activate it in Intacct, or map the code in dimensions.entity.map.",
            )
        ]
    return []


def code_line(
    report: ExpenseReport,
    line: ExpenseLine,
    references: References,
    accounts: AccountChoice,
    dimensions: DimensionsConfiguration,
    given: frozenset[str] = frozenset(),
    subledger: str = "",
    own: OwnAccount | None = None,
) -> tuple[Coding, list[Hold]]:
    """Account, department and further dimensions of a line, and what is wrong with them.

    :param accounts: how its account is chosen
    :param given: dimensions, by name, that the header of the document gives to all of its lines
    :param subledger: that of the document
    :param own: the account that a policy gives it; nobody bills it on to a customer then
    """
    account, holds = _account(line, accounts) if own is None else _own_account(line, own, accounts)
    codes, wrong = coding.codes_of(report, line, references, dimensions)
    holds = [*holds, *wrong, *coding.prevented(codes, line, references, dimensions, subledger)]
    if account is not None:
        other = (
            f"map the category to another account in {accounts.key}" if own is None else f"name another in {own.key}"
        )
        holds += _demanded(line, account, codes, dimensions, given, other)
    department = codes.get(DEPARTMENT.name, "")
    beside = {name: code for name, code in codes.items() if name not in (ENTITY.name, DEPARTMENT.name)}
    further = coding.on_line(beside, references, dimensions)
    billed = billing.billed(line, further, references) if own is None else None
    coded = Coding(
        account=account.account_no if account else "",
        location=codes.get(ENTITY.name, ""),
        department=department,
        dimensions=further if billed is None else billed,
        billable=billed is not None,
    )
    return coded, holds


def check_tax_account(
    report: ExpenseReport,
    line: ExpenseLine,
    references: References,
    account: Account,
    dimensions: DimensionsConfiguration,
    given: frozenset[str],
) -> list[Hold]:
    """What the account of a tax demands and the line has not; it is coded as its expense is."""
    codes, _ = coding.codes_of(report, line, references, dimensions)
    return _demanded(line, account, codes, dimensions, given, "name another in posting.tax")


def _demanded(
    line: ExpenseLine,
    account: Account,
    codes: Mapping[str, str],
    dimensions: DimensionsConfiguration,
    given: frozenset[str],
    other: str,
) -> list[Hold]:
    """:param other: what else helps than filling what is missing"""
    holds = []
    for missing in coding.demanded(account, codes, dimensions, given):
        reason = f"Account {account.account_no!r} requires {missing.line}, which the line does not have."
        cure = f"{coding.filled_by(missing, dimensions)}, or {other}."
        holds.append(Hold.on_line(line, Rule.DIMENSION_REQUIRED, reason, cure))
    return holds


def check_account(account_no: str, references: References) -> str:
    """What is wrong with a GL account number, empty when nothing is."""
    known = references.accounts.get(account_no)
    if known is None:
        like = near_miss(account_no, references.accounts)
        return f"Intacct has no GL account {account_no!r}" + (f" (it looks like {like!r})" if like else "")
    return "" if known.active else f"GL account {account_no!r} is inactive"


def no_direct_posting(account: Account) -> str:
    """Why no journal entry may name an account, empty when one may."""
    return "" if account.direct_posting else f"GL account {account.account_no!r} disallows direct posting"


def _own_account(line: ExpenseLine, own: OwnAccount, accounts: AccountChoice) -> tuple[Account | None, list[Hold]]:
    problem = accounts.problem(own.code)
    if not problem:
        return accounts.listed[own.code], []
    return None, [Hold.on_line(line, Rule.ACCOUNT_UNKNOWN, f"{problem}.", f"Correct {own.key} in connector.yaml.")]


def _account(line: ExpenseLine, rule: AccountChoice) -> tuple[Account | None, list[Hold]]:
    if line.category not in rule.map and (like := near_miss(line.category, rule.map)):
        # Not taken for what the map names, and not booked past it either.
        reason = f"The category {line.category!r} is not in {rule.key}, and looks like {like!r}, which is."
        cure = f"Correct its name there or in Certify; or, when it is another one, add `{in_yaml(line.category)}: ACCOUNT` there."
        return None, [Hold.on_line(line, Rule.CATEGORY_UNMAPPED, reason, cure)]
    number = rule.map.get(line.category) or (line.category_gl_code if rule.by_gl_code else "")
    if is_blank(number):
        row = f"{in_yaml(line.category)}: ACCOUNT"
        code = "Give the category a GL code in Certify, or add" if rule.by_gl_code else "Add"
        cure = f"{code} `{row}` to {rule.key} in connector.yaml, with its {rule.noun}."
        return None, [
            Hold.on_line(line, Rule.CATEGORY_UNMAPPED, f"The category {line.category!r} has no {rule.noun}.", cure)
        ]
    known = rule.listed.get(number)
    if known is None:
        reason = f"Intacct has no {rule.noun} {number!r} (category {line.category!r}).{looks_like(number, rule.listed)}"
        mapped = line.category in rule.map
        cure = "Correct" if mapped else "Correct the category's GL code in Certify, or map the category in"
        return None, [Hold.on_line(line, Rule.ACCOUNT_UNKNOWN, reason, f"{cure} {rule.key}.")]
    if not known.active:
        return known, [
            Hold.on_line(
                line,
                Rule.ACCOUNT_INACTIVE,
                f"{rule.noun} {number!r} is inactive.",
                f"Activate it in Intacct, or map the category to another in {rule.key}.",
            )
        ]
    if rule.direct and (problem := no_direct_posting(known)):
        cure = f"{ALLOW_DIRECT_POSTING} to the account, or map the category {line.category!r} to another in {rule.key}."
        return known, [
            Hold.on_line(line, Rule.DIRECT_POSTING, f"{problem} in Intacct, and journals post directly.", cure)
        ]
    return known, []
