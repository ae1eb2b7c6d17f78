"""Measures what Sage does not publish: whether a control ID that was carried out is refused when it comes again.

Harmless: it makes two attachment folders and nothing else.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.intacct.hook import SageIntacctHook


class VerifyCompanyOperator(ConnectorOperator):
    """Sends a folder twice under one control ID with two names, and looks whether the second name exists.

    Stores ``replay_refused`` (true or false) and ``replay_answer`` (the words) in ``ledger.company_fact``, with the date.

    :param intacct_conn_id: the Sage Intacct connection
    """

    ui_color = "#eeeeee"

    def __init__(self, *, intacct_conn_id: str = "sage_intacct_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.intacct_conn_id = intacct_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns what was measured."""
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.operators.doubts import REPLAY_FACT
        from certify_intacct.staging import ledger

        hook = SageIntacctHook(self.intacct_conn_id)
        try:
            refused, answer = self._replay(hook)
        finally:
            hook.close()
        company = self.configuration.company.intacct_company_id
        with self.database.connection() as connection:
            ledger.store_fact(connection, company, REPLAY_FACT, refused)
            ledger.store_fact(connection, company, "replay_answer", answer)
        self.log.info(
            "A replayed control ID is %s by company %s: %s", "refused" if refused else "NOT refused", company, answer
        )
        return {"replay_refused": refused, "answer": answer}

    def _replay(self, hook: SageIntacctHook) -> tuple[bool, str]:
        from certify_intacct.intacct.functions import create_supdocfolder, get_list

        mark = uuid.uuid4().hex[:12]
        names = [f"certify-intacct check {mark} {number}" for number in (1, 2)]
        control_id = f"verify/{mark}"
        (first,) = hook.send([create_supdocfolder({"supdocfoldername": names[0]}, control_id=control_id)], unique=True)
        first.raise_for_failure(where="verify_company")
        (second,) = hook.send([create_supdocfolder({"supdocfoldername": names[1]}, control_id=control_id)], unique=True)
        (found,) = hook.send([get_list("supdocfolder", conditions=[("name", "=", names[1])], max_items=1)])
        found.raise_for_failure(where="verify_company")
        words = "; ".join(str(error) for error in second.errors) or f"{second.status}, as if it had been carried out"
        return not found.records, words
