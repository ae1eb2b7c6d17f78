"""What Airflow takes from here in place of its own settings, in every process: it looks for this name, and this folder is on its path.

A company may have settings of its own under this name, in the folder ``config`` of Airflow's home for instance. They hold as if this
file were not there; only what they show on the start page stands beside ours.
"""

from __future__ import annotations

from certify_intacct.pages.local_settings import settings_beside
from certify_intacct.pages.start_page import StartPage

_theirs = settings_beside(__file__)
globals().update(_theirs)
DASHBOARD_UIALERTS = StartPage(_theirs.get("DASHBOARD_UIALERTS", ()))
__all__ = [*_theirs, "DASHBOARD_UIALERTS"]
