"""The tables of what is asked: of both services, what only reads, and what writes where a person allows it."""

from __future__ import annotations

from include.recording.certify_exchanges import CERTIFY
from include.recording.exchange import Exchange
from include.recording.intacct_exchanges import INTACCT
from include.recording.writing_exchanges import WRITING

EXCHANGES: tuple[Exchange, ...] = (*INTACCT, *CERTIFY)
ALL: tuple[Exchange, ...] = (*EXCHANGES, *WRITING)
