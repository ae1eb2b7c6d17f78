"""The table of what is asked, of both services."""

from __future__ import annotations

from include.recording.certify_exchanges import CERTIFY
from include.recording.exchange import Exchange
from include.recording.intacct_exchanges import INTACCT

EXCHANGES: tuple[Exchange, ...] = (*INTACCT, *CERTIFY)
