"""Only one deployment posts to a company: the first leaves its mark in Intacct, and another one reads it and refuses.

The mark is the description of an attachment folder. Two deployments have two databases, so only Intacct itself can tell them of each
other, and only what was read back there counts: a mark that is not to be seen yet lets nobody pass.
"""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certify_intacct.intacct import error_catalog as reasons
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.functions import create_supdocfolder, get_list
from certify_intacct.model.errors import AnswerUnreadable, GuardTripped, ServiceUnavailable
from certify_intacct.staging import company_facts
from certify_intacct.staging.locks import exclusive

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Database

log = logging.getLogger(__name__)

FACT = "deployment"
# How long a folder that was just made is waited for, and how often it is looked for meanwhile.
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Mark:
    """A folder that says who posts.

    :param record_no: RECORDNO, or a very high number where Intacct names none
    """

    record_no: int
    text: str


def only_deployment(
    hook: SageIntacctHook,
    database: Database,
    configuration: Configuration,
) -> None:
    """Compares the mark in Intacct with the one our database knows; where there is none yet, leaves ours.

    Should Intacct accept two folders of one name, the older one decides, and both deployments see it: what is older is seen first.

    :raises GuardTripped: another deployment was first
    :raises ServiceUnavailable: our mark cannot be seen yet; nothing may be posted before
    """
    company = configuration.company
    name = folder_name(company.certify_company)
    with exclusive(database, f"deployment/{company.intacct_company_id}"):
        with database.connection() as connection:
            ours = company_facts.fact(connection, company.intacct_company_id, FACT)
            if ours is None:
                ours = str(uuid.uuid4())
                company_facts.store(connection, company.intacct_company_id, FACT, ours)
        marks = _marks(hook, name) or _left(hook, name, ours, company.intacct_company_id)
    first = min(marks, key=lambda mark: (mark.record_no, ours in mark.text))
    if ours not in first.text:
        raise GuardTripped(
            f"Another deployment posts to company {company.intacct_company_id}: its attachment folder {name!r} says {first.text!r}, "
            f"and this is deployment {ours}.",
            where="before posting",
            cure="Stop one of the two. If the other one is gone for good, delete that folder in Intacct: "
            "what it posted is found and adopted.",
        )


def folder_name(certify_company: str) -> str:
    """The folder of the mark: one for each company of Certify, however its name is spelled; at most 50 characters.

    Another spelling makes other numbers of documents, so a second deployment must not get past the mark by one.
    """
    return f"certify-intacct {''.join(filter(str.isalnum, certify_company.casefold()))}"[:50]


def _left(hook: SageIntacctHook, name: str, ours: str, company: str) -> list[Mark]:
    """Leaves our mark, and returns all marks as soon as ours, or the one that was faster, is to be seen."""
    # A control ID of its own each time: a person may have deleted the folder on purpose, and the name alone decides.
    function = create_supdocfolder(
        {"supdocfoldername": name, "supdocfolderdescription": f"Posting is done by deployment {ours}"},
        control_id=f"{company}/deployment/{uuid.uuid4()}",
    )
    made = False
    try:
        (result,) = hook.send([function], unique=True)
    except AnswerUnreadable as error:
        log.warning("The answer to the deployment's mark was lost; it is looked for: %s", error)
    else:
        made = result.succeeded
        if not made and explain(result.errors).reason != reasons.DUPLICATE:
            result.raise_for_failure(where=f"attachment folder {name}")
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        marks = _marks(hook, name)
        if any(ours in mark.text for mark in marks) or (marks and not made):
            return marks
        if time.monotonic() >= until:
            raise ServiceUnavailable(
                f"The attachment folder {name!r}, which tells other deployments that this one posts, cannot be seen in Intacct.",
                where="before posting",
                cure="The task is tried again by itself; nothing was posted.",
            )
        time.sleep(PAUSE_SECONDS)


def _marks(hook: SageIntacctHook, name: str) -> list[Mark]:
    (result,) = hook.send([get_list("supdocfolder", conditions=[("name", "=", name)], max_items=100)])
    result.raise_for_failure(where="attachment folders")
    return [
        Mark(int(number) if (number := str(record.get("recordno", ""))).isdigit() else 10**18, str(record.get("description", "")))
        for record in result.records
    ]  # fmt: skip
