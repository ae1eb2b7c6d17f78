"""How a document is named, so that the same document always has the same name.

Nothing feeds a name but the Certify company, the report ID, the sequence, the ordinal and the kind: no mapping, no date, no
approval code, for any of these may change while the document stays the same one.
"""

from __future__ import annotations

import base64
import hashlib
import re

from certify_intacct.model.documents import DocumentKind

LONGEST_NUMBER = 20
LONGEST_TOKEN = 11
_PREFIX = "C"
_KINDS = {kind.letter: kind for kind in DocumentKind}
#: Patterns of Intacct's `like` for tokens and numbers; others' records may fit them too.
LIKE_A_TOKEN = f"{_PREFIX}{'_' * 10}"
LIKE_A_NUMBER = f"{LIKE_A_TOKEN}-%"
_NUMBER = re.compile(rf"({_PREFIX}[A-Z2-7]{{10}})-(\d{{1,2}})-(\d{{3,4}})([{''.join(_KINDS)}])")


def token(certify_company: str, report_id: str) -> str:
    """What all documents of a report share: ``C`` and ten base32 characters of a SHA-256."""
    digest = hashlib.sha256(f"{certify_company}\x1f{report_id.strip().lower()}".encode()).digest()
    return _PREFIX + base64.b32encode(digest)[:10].decode()


def document_number(report_token: str, sequence: int, ordinal: int, kind: DocumentKind) -> str:
    """The number of a document, such as ``CQ3K7ZP2MVA-1-001B``; at most 20 characters.

    :raises ValueError: when sequence or ordinal are too large for it
    """
    number = f"{report_token}-{sequence}-{ordinal:03d}{kind.letter}"
    if sequence < 1 or ordinal < 1 or len(number) > LONGEST_NUMBER:
        raise ValueError(
            f"No document number of {LONGEST_NUMBER} characters for sequence {sequence}, ordinal {ordinal}."
        )
    return number


def parse_number(number: str) -> tuple[str, int, int, DocumentKind] | None:
    """Token, sequence, ordinal and kind of one of our numbers; None when it is not one of ours."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        return None
    return match[1], int(match[2]), int(match[3]), _KINDS[match[4]]


def control_id(intacct_company: str, number: str, revision: int) -> str:
    """The function control ID under which a revision of a document is sent, at every attempt the same.

    It changes only with the revision, and the revision rises only after an explicit failure: so Intacct, asked with ``uniqueid``,
    refuses to carry out the same revision twice.
    """
    return f"{intacct_company}/{number}/r{revision}"
