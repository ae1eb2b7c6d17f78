"""The facts that a run relies on: the company, the lengths of its fields, how accounts payable is set up, Certify."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.dimensions import ENTITY
from certify_intacct.model.people import CertifyUser
from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.rules.likeness import compared

INTACCT = "Sage Intacct"
CERTIFY = "Emburse Certify"
#: The row that says whether the connection leads to the company of connector.yaml.
COMPANY = "Company"
#: So many of what there may be hundreds of are shown.
MOST_SHOWN = 10
#: What decides how long the numbers are that documents are found again by.
OWN_NUMBERS = "the document numbers of this project"


def of_field(item: str, wrong: str | None, where_to_click: str) -> PreflightRow:
    """A row about a field of an object that connector.yaml names.

    :param wrong: what is wrong with it; empty when nothing is, None where Intacct does not say
    """
    if wrong is None:
        return PreflightRow(area=INTACCT, item=item, outcome=Outcome.UNKNOWN, required=False)
    outcome = Outcome.MISSING if wrong else Outcome.PRESENT
    return PreflightRow(
        area=INTACCT, item=item, outcome=outcome, detail=wrong, where_to_click=where_to_click if wrong else ""
    )


def company(configured: str, connection: str, answered: str) -> PreflightRow:
    """The connection leads to the company of connector.yaml.

    :param connection: company ID of the connection
    :param answered: company ID that Intacct named after sign-in; "" when it named none
    """
    seen = next((name for name in (connection, answered) if name and name.casefold() != configured.casefold()), "")
    if not seen and connection != configured:
        seen = connection
    return PreflightRow(
        area=INTACCT,
        item=COMPANY,
        outcome=Outcome.MISSING if seen else Outcome.PRESENT,
        detail=f"The connection leads to company {seen}, connector.yaml is for {configured}." if seen else configured,
        where_to_click="Airflow: Admin > Connections > the Sage Intacct connection: Company ID; or company.intacct_company_id."
        if seen
        else "",
    )


def lengths(
    needed: Mapping[tuple[str, str], tuple[int, str]], known: Mapping[tuple[str, str], int | None]
) -> list[PreflightRow]:
    """What is sent fits into the company's fields.

    :param known: length by object and field as `inspect` gives it; None or absent when it gives none
    """
    rows = []
    for (object_name, field), (sent, source) in needed.items():
        held = known.get((object_name, field))
        short = held is not None and held < sent
        cure = ""
        if short:
            cure = (
                f"connector.yaml: {source}: {held}"
                if source.startswith("posting.")
                else f"Intacct: Platform Services > Objects > {object_name}: lengthen {field} to {sent} characters, or ask Sage."
            )
        rows.append(
            PreflightRow(
                area=INTACCT,
                item=f"Length of {object_name}.{field}",
                outcome=Outcome.UNKNOWN if held is None else Outcome.MISSING if short else Outcome.PRESENT,
                detail=f"up to {sent} characters are sent ({source}); it holds {held or 'a number that Intacct does not say'}",
                where_to_click=cure,
            )
        )
    return rows


def existing(item: str, value: str, key: str, active: bool | None) -> PreflightRow:
    """Something that connector.yaml names and documents point to.

    :param active: whether Intacct has it, and active; None when it could not be asked
    """
    return PreflightRow(
        area=INTACCT,
        item=f"{item} {value}",
        outcome=_outcome(active),
        detail="Intacct has none of that name that is active and that the user may see." if active is False else "",
        where_to_click="" if active else f"connector.yaml: {key}; or make it in Intacct.",
    )


def accounts_payable(preferences: Mapping[str, str] | None, *, by_label: bool) -> list[PreflightRow]:
    """How accounts payable is set up: account labels, summaries, approval. The names of its preferences are not published.

    :param preferences: of `get_companyprefs` for AP; None when it did not answer
    """
    cure = "Intacct: Accounts Payable > Setup > Configure Accounts Payable."
    if preferences is None:
        return [
            PreflightRow(area=INTACCT, item="Accounts payable set-up", outcome=Outcome.UNKNOWN, required=False, where_to_click=cure)
        ]  # fmt: skip
    labels, summaries, approval = (_find(preferences, word) for word in ("LABEL", "SUMMAR", "APPROVAL"))
    uses_labels = None if labels is None else switched_on(labels)
    user_summaries = None if summaries is None else summaries.casefold().startswith("u")
    rows = [
        PreflightRow(
            area=INTACCT,
            item="Account labels as configured",
            outcome=_outcome(None if uses_labels is None else uses_labels == by_label),
            required=False,
            detail=f"labels in Intacct: {_word(uses_labels)}; posting.accounts.by_label: {_word(by_label)}",
            where_to_click="" if uses_labels == by_label else f"connector.yaml: posting.accounts.by_label; or {cure}",
        ),
        PreflightRow(
            area=INTACCT,
            item="Summaries of bills are made by Intacct",
            outcome=_outcome(None if user_summaries is None else not user_summaries),
            required=False,
            detail=f"summaries: {summaries or 'not said'}",
            where_to_click="" if user_summaries is False else f"{cure} Summary frequency: any but user-specified.",
        ),
    ]
    waits = None if approval is None else switched_on(approval)
    detail = "Bills stay Submitted until somebody approves them in Intacct." if waits else "approval: " + _word(waits)
    rows.append(
        PreflightRow(
            area=INTACCT,
            item="Approval of bills is known",
            outcome=_outcome(None if waits is None else True),
            required=False,
            detail=detail,
        )
    )
    return rows


def approval_is_on(preferences: Mapping[str, str]) -> bool | None:
    """Whether bills wait for approval; None when the preferences do not say."""
    found = _find(preferences, "APPROVAL")
    return None if found is None else switched_on(found)


def closed_books(subledger: str, said: Iterable[tuple[str, str, date | None, str]], left_out: str = "") -> PreflightRow:
    """Through which day the books of a subledger are closed, as Intacct says before anything is posted.

    :param said: entity, book, the last closed day (None: none is) and what of Intacct says so
    :param left_out: which entities were not asked, as a sentence
    """
    own = [one for one in said if one[1] in (subledger, "GL")]
    closed = sorted(one for one in own if one[2])
    shown = [
        f"{book} {f'of entity {entity} ' if entity else ''}through {day} ({source})"
        for entity, book, day, source in closed
    ]
    more = f" and {len(shown) - MOST_SHOWN} more" if len(shown) > MOST_SHOWN else ""
    detail = (
        f"closed, as Intacct says: {', '.join(shown[:MOST_SHOWN])}{more}" if shown else "Intacct names no closed day."
    )
    whole = {entity for entity, book, *_ in own if book == subledger} & {
        entity for entity, book, *_ in own if book == "GL"
    }
    if not whole:
        detail += f" What else is closed in {subledger} is learnt from what Intacct refuses."
    if left_out:
        detail += f" {left_out}"
    return PreflightRow(
        area=INTACCT,
        item=f"Closed periods of {subledger} are known before posting",
        outcome=Outcome.PRESENT if whole else Outcome.UNKNOWN,
        required=False,
        detail=detail,
        where_to_click=""
        if whole
        else "connector.yaml: posting.closed_periods.closed_through, for what you know yourself.",
    )


def inter_entity(entities: int, lacking: Sequence[tuple[str, str]]) -> PreflightRow:
    """Whether lines of any entities in use may stand in one document, where that is asked for.

    :param entities: how many are in use
    :param lacking: source and target of the sides without inter-entity accounts, as far as Intacct shows them
    """
    shown = [f"from {source} to {target}" for source, target in lacking[:MOST_SHOWN]]
    more = f" and {len(lacking) - MOST_SHOWN} more" if len(lacking) > MOST_SHOWN else ""
    detail = f"Intacct shows none {', '.join(shown)}{more}: lines of these have a document for each entity."
    return PreflightRow(
        area=INTACCT,
        item="Inter-entity accounts",
        outcome=Outcome.MISSING if lacking else Outcome.PRESENT,
        required=False,
        detail=detail if lacking else f"All {entities} entities in use have them.",
        where_to_click="Intacct: Company > Setup > Inter-entity account mapping; or posting.several_entities: one_document_each."
        if lacking
        else "",
    )


def direct_posting(closed: Collection[tuple[str, str, str]], *, told: bool) -> PreflightRow:
    """Whether what connector.yaml names for journal entries takes them.

    :param closed: what does not: what it is, its code, and the key that names it
    :param told: whether Intacct shows it of all of them
    """
    named = ", ".join(f"{item[0].lower() + item[1:] if item == 'Journal' else item} {code}" for item, code, _ in closed)
    keys = ", ".join(dict.fromkeys(key for *_, key in closed))
    detail = f"Disallow direct posting is ticked: {named}. Documents that would name them are held." if closed else ""
    return PreflightRow(
        area=INTACCT,
        item="Journal and accounts take direct postings",
        outcome=Outcome.MISSING if closed else Outcome.PRESENT if told else Outcome.UNKNOWN,
        required=False,
        detail=detail or ("" if told else "This company does not show it; what Intacct refuses will say."),
        where_to_click=f"Intacct: General Ledger > Accounts or Journals: clear it; or connector.yaml: {keys}."
        if closed
        else "",
    )


def date_format(formatting: Mapping[str, str] | None) -> PreflightRow:
    """Dates are written month, day, year for the user: that is how they are read."""
    given = (formatting or {}).get("dateformat", "")
    letters = "".join(letter for letter in given if letter.isalpha()).casefold()
    offset = (formatting or {}).get("gmtoffset", "") or "not said"
    return PreflightRow(
        area=INTACCT,
        item="Date format and time zone of the user",
        outcome=Outcome.UNKNOWN if not letters else Outcome.PRESENT if letters == "mdy" else Outcome.MISSING,
        required=False,
        detail=f"date format {given or 'not said'}, GMT offset {offset}",
        where_to_click=""
        if letters == "mdy"
        else "Intacct: sign in as the web services user > My preferences: date format MM/DD/YYYY.",
    )


def gld_label(used: Used, labels: Collection[str]) -> PreflightRow:
    """The GLD that is filled with the values of a dimension is meant for them, by its label.

    That of entities must be labelled ENTITY before anything is written into it; LOCATION will do where connector.yaml says that there
    are none. How a company calls other dimensions is its own affair, so their labels are only shown.

    :param labels: the labels that its rows carry; empty when it has no rows yet
    """
    row, place = used.dimension, used.settings.place
    wanted = row.noun.upper()
    right = all(label.strip().casefold() in (row.name, row.noun) for label in labels)
    good = bool(labels) and right
    return PreflightRow(
        area=CERTIFY,
        item=f"{place.label} is labelled {wanted}",
        outcome=Outcome.UNKNOWN if not labels else Outcome.PRESENT if right else Outcome.MISSING,
        required=row.name == ENTITY.name,
        detail=f"labelled {', '.join(sorted(labels))}" if labels else "It has no rows, and only rows show the label.",
        where_to_click=""
        if good
        else f"Certify: Configure > General Ledger Dimensions > {place.label}: label {wanted}, mark it In Use. "
        f"Or dimensions.{row.name}.certify in connector.yaml, when it stands elsewhere.",
    )


def categories(without_code: Iterable[str]) -> PreflightRow:
    """Active categories whose account can be told."""
    names = sorted(without_code)
    some = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return PreflightRow(
        area=CERTIFY,
        item="Expense categories have a GL code",
        outcome=Outcome.MISSING if names else Outcome.PRESENT,
        required=False,
        detail=f"None: {some}. Reports that use them are held." if names else "",
        where_to_click="Certify: Configure > Expense Categories > GL Code; or connector.yaml: posting.accounts.map"
        if names
        else "",
    )


def invoices(refusal: str) -> PreflightRow:
    """Invoices can be read, where they are asked for.

    :param refusal: why not; empty when they can
    """
    return PreflightRow(
        area=CERTIFY,
        item="Invoices can be read",
        outcome=Outcome.MISSING if refusal else Outcome.PRESENT,
        detail=refusal,
        where_to_click="Ask Emburse whether your company has AP automation, and its API key may read it; or connector.yaml: "
        "posting.invoices.target: none"
        if refusal
        else "",
    )


def default_user(role: str, who: str, roles: Collection[str], users: Iterable[CertifyUser]) -> PreflightRow:
    """The default accountant or approver that connector.yaml names is one active user of Certify with a fitting role.

    :param role: ``accountant``, ``approver`` or ``second approver``
    :param who: EmployeeID or e-mail
    :param users: active users of Certify
    """
    found = [user for user in users if who == user.employee_id or compared(who) == compared(user.email)]
    fitting = len(found) == 1 and found[0].role in roles
    if not found:
        detail = f"Certify has no active user {who}."
    elif len(found) > 1:
        detail = f"{len(found)} active users are {who}."
    else:
        detail = f"{who} has the role {found[0].role}" + ("" if fitting else f", and none of {', '.join(roles)}")
    keys = {"accountant": "people.accountant.default", "second approver": "people.approvers.second_default"}
    key = keys.get(role, "people.approvers.default")
    return PreflightRow(
        area=CERTIFY,
        item=f"Default {role}",
        outcome=Outcome.PRESENT if fitting else Outcome.MISSING,
        detail=detail,
        where_to_click="" if fitting else f"Certify: Configure > Users > {who}; or connector.yaml: {key}",
    )


def switched_on(value: str) -> bool:
    """A preference as Intacct writes one: Y, true, 1, on."""
    return value.strip().casefold() in {"y", "yes", "true", "t", "1", "on"}


def _find(preferences: Mapping[str, str], word: str) -> str | None:
    return next((value for name, value in sorted(preferences.items()) if word in name.upper()), None)


def _outcome(answer: bool | None) -> Outcome:
    return Outcome.UNKNOWN if answer is None else Outcome.PRESENT if answer else Outcome.MISSING


def _word(answer: bool | None) -> str:
    return "not said" if answer is None else "yes" if answer else "no"
