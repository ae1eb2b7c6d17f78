"""Which variables of the user's environment reach the processes that this project starts: those named here, and no other.

A proxy that nobody here can speak to, an sslmode of another database, a module path of another project: each of them breaks
a stack that needs none of it, and far from its cause. Whoever starts processes begins with :func:`clean`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from include.local.errors import StackError

# Who the user is and where his programs are.
_USER = ("HOME", "USER", "LOGNAME", "SHELL", "PATH", "TERM", "COLUMNS", "NO_COLOR", "TMPDIR", "SUDO_UID")
# What this machine's Python and NumPy may need to run at all.
_MACHINE = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_NUM_THREADS", "CI")
# What the README lets a user choose.
_CHOSEN = ("RUN_DIR", "UI_PORT", "SANDBOX_PORT", "SANDBOX_SCALE", "CONNECTOR_CONFIG")
_OF_TESTS = (
    "INTACCT_XSD", "PUBLISHED_CLIENTS", "CRASH", "CRASH_TASK", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT",
    "PYTEST_XDIST_TESTRUNUID", "WALKS", "WALKS_SEED", "RECORDING",
)  # fmt: skip
# How the real services are reached from a company's network; the sandbox is on 127.0.0.1.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_NETWORK = (*_PROXIES, *(name.lower() for name in _PROXIES), *_CERTIFICATES)
# The connections, variables and options of the user's own Airflow.
_AIRFLOW = ("AIRFLOW_CONN_", "AIRFLOW_VAR_", "AIRFLOW__")
# Names of more variables, for example those that a secrets backend signs in with: PASS_ENV="AWS_PROFILE AWS_REGION".
_MORE = "PASS_ENV"
# Whatever the user's locale is, files and pipes of ours are UTF-8.
_FIXED = {"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}


def allowed(variables: Mapping[str, str], *, own_services: bool = False) -> dict[str, str]:
    """Return the variables for a process of ours.

    :param variables: the environment to choose from.
    :param own_services: the process speaks to services of the user: his proxies, certificates and Airflow settings go along.
    """
    more = variables.get(_MORE, "").replace(",", " ").split()
    names = {*_USER, *_MACHINE, *_CHOSEN, *_OF_TESTS, *((*_NETWORK, _MORE, *more) if own_services else ())}
    prefixes = _AIRFLOW if own_services else ()
    return {name: text for name, text in variables.items() if name in names or name.startswith(prefixes)} | _FIXED


def unusable(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables about the network that nothing here can use, each with the reason: proxies that do not speak HTTP and
    certificates that do not exist."""
    found = {}
    for name, text in variables.items():
        scheme, separator, _ = text.partition("://")
        if name.upper() in _PROXIES[:3] and separator and scheme.lower() not in ("http", "https"):
            found[name] = f"{text} is a proxy that does not speak HTTP"
        elif name in _CERTIFICATES and text and not Path(text).exists():
            found[name] = f"{text} does not exist"
    return found


def clean(*, own_services: bool = False) -> None:
    """Reduce the environment of this very process to :func:`allowed`; what it imports and starts sees nothing else.

    :raises StackError: something about the network goes along that nothing here can use.
    """
    kept = allowed(os.environ, own_services=own_services)
    for name, reason in unusable(kept).items():
        raise StackError(
            f"{name}: {reason}. Unset it when both services are reached without it, or set it right "
            "(a proxy is named in HTTPS_PROXY as http://HOST:PORT)."
        )
    os.environ.clear()
    os.environ.update(kept)
