"""Parts that every record of the company has: its address, its time stamps, the entity it belongs to."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

Record = dict[str, str]

DATE = "%m/%d/%Y"
TIMESTAMP = "%m/%d/%Y %H:%M:%S"


def record_url(object_name: str, recordno: str | int) -> str:
    """The address of a record in the web application, as RECORD_URL shows it: the same record always has the same one."""
    digest = hashlib.sha256(f"{object_name.upper()}/{recordno}".encode()).digest()[:30]
    return "https://www.intacct.com/ia/acct/ur.phtml?.r=" + base64.urlsafe_b64encode(digest).decode()


def date_text(day: datetime) -> str:
    """A day as the gateway writes it: mm/dd/yyyy."""
    return day.strftime(DATE)


def time_text(moment: datetime) -> str:
    """A time stamp as the gateway writes it: mm/dd/yyyy hh:mm:ss, 24 hours."""
    return moment.strftime(TIMESTAMP)
