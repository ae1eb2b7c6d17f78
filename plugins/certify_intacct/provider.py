"""The connection types "Sage Intacct" and "Emburse Certify" and their forms in the Airflow UI.

Airflow learns connection types from the `apache_airflow_provider` entry point of an installed distribution and from nothing
else, and asks for them while it reads its configuration: this module imports nothing, least of all Airflow.
"""

from __future__ import annotations

from typing import Any

# Airflow shows the standard fields at once, and others folded under the name of their section, which is red as long as one of them
# that may not be empty is: so the names of the sections say what is wanted.
_INTACCT_REQUIRED = "Required: Company ID, Sender ID, Sender password"
_CERTIFY_REQUIRED = "Required: API key"
_INTACCT_OPTIONAL, _CERTIFY_OPTIONAL = "Optional: Entity ID, Environment", "Optional: Environment"


def _environment(section: str) -> dict[str, Any]:
    return {
        "label": "Environment (optional)",
        "description": "live or test: what this company is. connector.yaml says the same (company.environment); where the two differ, "
        "nothing is sent.",
        "schema": {"type": ["string", "null"], "enum": ["live", "test", None], "section": section},
    }


_INTACCT_FIELDS: dict[str, Any] = {
    "company_id": {
        "label": "Company ID",
        "description": "The company ID that people type on Intacct's sign-in page.",
        "schema": {"type": "string", "minLength": 1, "section": _INTACCT_REQUIRED},
    },
    "sender_id": {
        "label": "Sender ID",
        "description": "Your own web services sender ID, from your web services developer licence. It must stand under "
        "Company > Setup > Company > Security > Web Services authorizations.",
        "schema": {"type": "string", "minLength": 1, "section": _INTACCT_REQUIRED},
    },
    "sender_password": {
        "label": "Sender password",
        "description": "The password that Sage issued with the sender ID. It is not the password of the web services user.",
        "schema": {"type": "string", "format": "password", "minLength": 1, "section": _INTACCT_REQUIRED},
    },
    "entity_id": {
        "label": "Entity ID (optional)",
        "description": "Leave empty to work at top level, which most companies want. Otherwise the ID of one entity "
        "(Company > Setup > Entities): reads and postings then happen inside it.",
        "schema": {"type": ["string", "null"], "section": _INTACCT_OPTIONAL},
    },
    "environment": _environment(_INTACCT_OPTIONAL),
}

_CERTIFY_FIELDS: dict[str, Any] = {
    "api_key": {
        "label": "API key",
        "description": "In Certify as an administrator: generated in the Configuration section. It names the company.",
        "schema": {"type": "string", "format": "password", "minLength": 1, "section": _CERTIFY_REQUIRED},
    },
    "environment": _environment(_CERTIFY_OPTIONAL),
}


def get_provider_info() -> dict[str, Any]:
    """Describe this distribution to Airflow.

    Shape: Airflow's `provider_info.schema.json`; the forms use the declarative keys `conn-fields` and `ui-field-behaviour`
    (https://airflow.apache.org/docs/apache-airflow/stable/howto/connection.html).
    """
    return {
        "package-name": "certify-intacct",
        "name": "Sage Intacct and Emburse Certify",
        "description": "Keeps Sage Intacct and Emburse Certify in step.",
        "hooks": [
            {"integration-name": "Sage Intacct", "python-modules": ["certify_intacct.intacct.hook"]},
            {"integration-name": "Emburse Certify", "python-modules": ["certify_intacct.certify.hook"]},
        ],
        "connection-types": [
            {
                "connection-type": "sage_intacct",
                "hook-class-name": "certify_intacct.intacct.hook.SageIntacctHook",
                "hook-name": "Sage Intacct",
                "conn-fields": _INTACCT_FIELDS,
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "port", "extra"],
                    "relabeling": {
                        "host": "Gateway URL (optional)",
                        "login": "Web services user ID (required)",
                        "password": "Web services user password (required)",
                    },
                    "placeholders": {
                        "host": "https://api.intacct.com/ia/xml/xmlgw.phtml (leave empty for this address)",
                        "login": "xml_gateway (Company application, Web Services users)",
                        "password": "the password mailed to the web services user's address",
                        "company_id": "ACME",
                        "sender_id": "acme_mpp",
                        "sender_password": "issued by Sage with the sender ID",
                        "entity_id": "empty = top level",
                        "environment": "live or test",
                    },
                },
            },
            {
                "connection-type": "emburse_certify",
                "hook-class-name": "certify_intacct.certify.hook.CertifyHook",
                "hook-name": "Emburse Certify",
                "conn-fields": _CERTIFY_FIELDS,
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "port", "login", "extra"],
                    "relabeling": {"host": "Base URL (optional)", "password": "API secret (required)"},
                    "placeholders": {
                        "host": "https://api.certify.com/v1/ (leave empty for this address)",
                        "password": "generated together with the API key, in the Configuration section",
                        "api_key": "the key that names your company",
                        "environment": "live or test",
                    },
                },
            },
        ],
    }
