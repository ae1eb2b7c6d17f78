from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import airflow
import pytest
from jsonschema import validate

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.provider import get_provider_info

TYPES = {kind["connection-type"]: kind for kind in get_provider_info()["connection-types"]}


def test_shape_is_what_airflow_asks_for():
    folder = Path(airflow.__file__).parent
    validate(get_provider_info(), json.loads((folder / "provider_info.schema.json").read_text()))
    strict = json.loads((folder / "provider.yaml.schema.json").read_text())["properties"]["connection-types"]
    validate(get_provider_info()["connection-types"], strict)


@pytest.mark.parametrize("hook", [SageIntacctHook, CertifyHook])
def test_types_name_their_hooks(hook):
    kind = TYPES[hook.conn_type]
    assert kind["hook-class-name"] == f"{hook.__module__}.{hook.__qualname__}"
    assert kind["hook-name"] == hook.hook_name


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES.keys())
def test_each_field_says_what_it_is_and_where_to_find_it(kind):
    fields, form = kind["conn-fields"], kind["ui-field-behaviour"]
    assert all(field["label"] and len(field["description"]) > 20 for field in fields.values())
    shown = {"host", "login", "password"} - set(form["hidden-fields"])
    assert shown == set(form["relabeling"])
    assert shown | set(fields) == set(form["placeholders"])
    assert all(label.endswith(("(required)", "(optional)")) for label in form["relabeling"].values())
    for name, field in fields.items():
        secret = any(word in name for word in ("password", "key", "secret"))
        assert (field["schema"].get("format") == "password") == secret, name


def test_airflow_shows_both_forms():
    from airflow.providers_manager import ProvidersManager

    manager = ProvidersManager()
    manager.initialize_providers_hooks()
    form = {
        name: vars(widget) if hasattr(widget, "__dict__") else widget
        for name, widget in manager._connection_form_widgets.items()
    }
    assert "extra__sage_intacct__sender_password" in form
    assert "extra__emburse_certify__api_key" in form
    assert manager.field_behaviours["sage_intacct"]["relabeling"]["host"] == "Gateway URL (optional)"
    assert manager.field_behaviours["emburse_certify"]["placeholders"]["extra__emburse_certify__api_key"]


def test_provider_info_is_told_without_importing_airflow():
    # Airflow asks for it while it reads its own configuration.
    code = "import sys, certify_intacct.provider as p; p.get_provider_info(); print('airflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"
