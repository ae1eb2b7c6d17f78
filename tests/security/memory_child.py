"""Reads hostile answers of both services with little memory to spare, and says how each of them ended."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.intacct.hook import SageIntacctHook

MEGABYTE = 1_000_000


def size() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def main() -> None:
    """Arguments: the server's URL, the room in megabytes, the largest answer in bytes, the cases."""
    url, room, most, *cases = sys.argv[1:]
    extra = {"attempts": 1, "max_answer_bytes": int(most), "read_timeout": 10, "total_timeout": 20}
    ready(url, extra)
    limit = size() + int(room) * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        bytearray(int(room) * MEGABYTE + MEGABYTE)
    except MemoryError:
        print(json.dumps({"case": "fence", "kind": "MemoryError"}), flush=True)
    for case in cases:
        for service in ("certify", "intacct"):
            began = time.monotonic()
            try:
                ask(service, f"{url}/{service}/{case}", extra)
                kind, text = "answered", ""
            except Exception as error:
                kind, text = type(error).__name__, str(error)
            said = {"case": case, "service": service, "kind": kind, "text": text, "seconds": time.monotonic() - began}
            print(json.dumps(said), flush=True)


def ready(url: str, extra: dict[str, object]) -> None:
    """Goes all the ways once."""
    for service in ("certify", "intacct"):
        try:
            ask(service, f"{url}/{service}/short", extra)
        except Exception as error:
            print(json.dumps({"case": "short", "service": service, "kind": type(error).__name__}), flush=True)


def ask(service: str, url: str, extra: dict[str, object]) -> None:
    if service == "certify":
        connection = {
            "conn_type": "emburse_certify",
            "host": url,
            "password": "s3cret",
            "extra": {"api_key": "key", **extra},
        }
        os.environ["AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT"] = json.dumps(connection)
        hook = CertifyHook()
        list(hook.pages("users"))
        return
    given = {"company_id": "C", "sender_id": "s", "sender_password": "p4ssword", **extra}
    connection = {"conn_type": "sage_intacct", "host": url, "login": "u", "password": "passw0rd", "extra": given}
    os.environ["AIRFLOW_CONN_SAGE_INTACCT_DEFAULT"] = json.dumps(connection)
    SageIntacctHook().query_all("DEPARTMENT", ["RECORDNO"])


if __name__ == "__main__":
    main()
