"""One measurement of the peer, run in the peer's own environment, which has nothing of this project: figures as a line of JSON."""

from __future__ import annotations

import json
import os
import resource
import time

from sageintacctsdk.apis.departments import Departments

departments = Departments()
# The package has no way to say where Intacct is: the address stands in the constructor, in a private attribute.
departments._ApiBase__api_url = os.environ["BENCH_SANDBOX"] + "/ia/xml/xmlgw.phtml"
departments.set_sender_id("sandbox_sender")
departments.set_sender_password("sandbox_sender_password")
departments.set_show_private(True)
departments.get_session_id("xml_gateway", "SANDBOX", "sandbox_user_password")
started = time.perf_counter()
rows = len(departments.get_all(fields=["RECORDNO", "DEPARTMENTID", "TITLE", "PARENTID", "STATUS"]))
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"rows": rows, "rows_per_second": rows / seconds, "seconds": seconds, "peak_mib": peak}))
