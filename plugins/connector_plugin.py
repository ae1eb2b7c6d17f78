"""Registers the connector with Airflow. It is the only module of this folder that Airflow loads by itself (see .airflowignore)."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin


class CertifyIntacctPlugin(AirflowPlugin):
    """Hooks and operators need no registration: they are imported from certify_intacct."""

    name = "certify_intacct"
