"""What Airflow takes from here in place of its own settings, in every process: this folder is on its path, and it looks for this name.

A company that has settings of its own under this name keeps them, and adds this line there.
"""

from certify_intacct.pages.start_page import StartPage

__all__ = ["DASHBOARD_UIALERTS"]

DASHBOARD_UIALERTS = StartPage()
