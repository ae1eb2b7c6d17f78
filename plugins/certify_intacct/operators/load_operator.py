"""What the operators share that work on a load and ask both services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperatorLink

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import LoadLink


class LoadOperator(ConnectorOperator):
    """Works on a load, and asks both services.

    :param load_id: the load
    :param intacct_conn_id: the Sage Intacct connection
    :param certify_conn_id: the Emburse Certify connection
    """

    template_fields: Sequence[str] = (
        *ConnectorOperator.template_fields,
        "load_id",
        "intacct_conn_id",
        "certify_conn_id",
    )
    operator_extra_links: tuple[BaseOperatorLink, ...] = (LoadLink(),)

    def __init__(
        self,
        *,
        load_id: Any,
        intacct_conn_id: str = "sage_intacct_default",
        certify_conn_id: str = "emburse_certify_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id
        self.intacct_conn_id = intacct_conn_id
        self.certify_conn_id = certify_conn_id
