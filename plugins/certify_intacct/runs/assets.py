"""What the DAGs announce when it is done, so that other DAGs can wait for it: `schedule=[Asset("expenses_posted")]`.

Each event says what it is about (:mod:`certify_intacct.runs.announcing`). Nothing of this project is triggered by one.
"""

from __future__ import annotations

from airflow.sdk import Asset

# Without an address of their own: for a scheme, Airflow would import every provider while it parses a DAG.
_GROUP = "certify-intacct"

#: The plan of reports of some dates was carried out at Intacct: posted, or nothing was to be posted.
EXPENSES_POSTED = Asset("expenses_posted", group=_GROUP)
#: The reconciliation of some dates found nothing that nobody has decided about.
BOOKS_AGREE = Asset("books_agree", group=_GROUP)
#: Lists and people of Intacct were carried to Certify.
PEOPLE_PROVISIONED = Asset("people_provisioned", group=_GROUP)
