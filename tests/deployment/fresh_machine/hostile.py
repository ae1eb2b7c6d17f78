"""An environment in which every variable is meant for something else, and breaks whatever listens to it.

``python -m tests.deployment.fresh_machine.hostile make demo CHECK=1`` runs a command in it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

_NOWHERE = "/nowhere"
_PROXY = "http://127.0.0.1:9"
_MODULES = ("airflow", "psycopg", "pydantic", "requests", "sitecustomize", "typing", "yaml")


def variables(folder: Path) -> dict[str, str]:
    """Return the variables; what they name is made in ``folder``, readable for everybody."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    for name in _MODULES:
        module = folder / f"{name}.py"
        module.write_text(f"raise SystemExit('{name} of PYTHONPATH was imported')\n")
        module.chmod(0o644)
    return {
        # A network that is not there.
        **dict.fromkeys(("ALL_PROXY", "all_proxy"), "socks5://127.0.0.1:9"),
        **dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"), _PROXY),
        **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), f"{_NOWHERE}/ca.pem"),
        # Another PostgreSQL.
        "PGHOST": _NOWHERE, "PGPORT": "1", "PGUSER": "nobody", "PGDATABASE": "nothing", "PGPASSFILE": _NOWHERE,
        "PGSSLMODE": "verify-full", "PGSERVICE": "none", "PGSYSCONFDIR": _NOWHERE, "PGOPTIONS": "-c nonsense=1",
        # Another Python.
        "PYTHONPATH": str(folder), "PYTHONHOME": _NOWHERE, "PYTHONSTARTUP": str(folder / "yaml.py"), "PYTHONWARNINGS": "error",
        "PYTHONIOENCODING": "ascii", "PYTHONOPTIMIZE": "2", "PIP_TARGET": str(folder / "target"),
        # Another Airflow.
        "AIRFLOW_HOME": _NOWHERE, "AIRFLOW_CONFIG": f"{_NOWHERE}/airflow.cfg", "AIRFLOW__CORE__EXECUTOR": "Nonsense",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_NOWHERE}/airflow.db", "AIRFLOW__API__BASE_URL": "http://192.0.2.1",
        "AIRFLOW_CONN_SAGE_INTACCT_DEFAULT": "nonsense://", "CONNECTOR_DB_URL": "postgresql://192.0.2.1/none",
        "CELERY_BROKER_URL": "nonsense://", "FLASK_APP": "nonsense", "UVICORN_PORT": "1",
        # Another country.
        "LANG": "de_DE.ISO-8859-1", "LC_ALL": "de_DE.ISO-8859-1", "LANGUAGE": "de", "TZ": "Nowhere/Land",
        # Other tools.
        "NODE_OPTIONS": "--nonsense", "GIT_DIR": _NOWHERE,
    }  # fmt: skip


def dot_env(checkout: Path) -> None:
    """Write a ``.env`` as another tool might have it."""
    (checkout / ".env").write_text("AIRFLOW__CORE__EXECUTOR=Nonsense\nPGSSLMODE=verify-full\n")


def broken_airflow(home: Path) -> None:
    """Put what an Airflow of another kind left behind into a home folder."""
    (home / "airflow").mkdir(exist_ok=True)
    (home / "airflow" / "airflow.cfg").write_text("[core\nexecutor=")


if __name__ == "__main__":
    os.execvpe(sys.argv[1], sys.argv[1:], os.environ | variables(Path(tempfile.mkdtemp(prefix="connector-hostile-"))))
