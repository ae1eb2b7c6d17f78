"""What of a receipt of Certify may become a file in Intacct: pictures and PDF, told by their content.

Accountants open these files. The name and the content of a receipt come from whoever handed it in: the name counts only where the
content is of no kind that is known here, and nothing that a browser or a shell would carry out.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from certify_intacct.rules.texts import readable

_DATA_URI = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
# The vendor's page wants the name of a file without periods.
_NOT_IN_A_NAME = re.compile(r"[^\w -]+")
_LONGEST_NAME = 40
_SHOWN = 30
_BASE64_PER_BYTE = 4 / 3
# What else an answer with one receipt holds.
_AROUND = 100_000

_BEGINNINGS = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"),
    (re.compile(rb"\xff\xd8\xff"), "jpg"),
    (re.compile(rb"GIF8[79]a"), "gif"),
    (re.compile(rb"%PDF-"), "pdf"),
    (re.compile(rb"II\*\x00|MM\x00\*"), "tif"),
    (re.compile(rb"BM.{4}\x00{4}", re.DOTALL), "bmp"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "webp"),
    (re.compile(rb".{4}ftyp(?:heic|heix|heif|mif1|msf1)", re.DOTALL), "heic"),
)
# Markup, programs, archives: no picture, whatever its name.
_NEVER = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|MZ|\x7fELF|#!|PK\x03\x04")
_SPELLINGS = {"jpeg": "jpg", "tiff": "tif", "heif": "heic"}


class Refused(ValueError):
    """The receipt is no file that may be attached; the text says why."""


class Absent(ValueError):
    """Certify gave nothing: it may be there another time. The text says what was missing."""


def longest_answer(megabytes: int) -> int:
    """The bytes of an answer that may still hold a receipt of so many megabytes, line breaks in its text included."""
    return int(megabytes * 1_000_000 * _BASE64_PER_BYTE * 1.05) + _AROUND


def file_of(receipt_id: str, record: Mapping[str, Any] | None, megabytes: int) -> dict[str, str]:
    """The file as Intacct takes it: attachmentname without a period or extension, attachmenttype likewise, attachmentdata as base64.

    :param record: the receipt as Certify gives it; None when there is none
    :param megabytes: the largest file
    :raises Absent: Certify has none, or not its content
    :raises Refused: it is too large, damaged, or neither a picture nor a PDF
    """
    if record is None:
        raise Absent("Certify has no such receipt")
    given = record.get("ReceiptImage")
    if not isinstance(given, (str, type(None))):
        raise Refused("not a text of base64")
    text = "".join((given or "").split())
    found = _DATA_URI.match(text)
    data = text[found.end() :] if found else text
    if not data:
        raise Absent("Certify gives it without content")
    if len(data) > megabytes * 1_000_000 * _BASE64_PER_BYTE:
        raise Refused(f"larger than {megabytes} MB")
    try:
        content = binascii.a2b_base64(data, strict_mode=True)
    except ValueError:
        raise Refused("damaged or cut, it is not base64") from None
    kind = next((kind for beginning, kind in _BEGINNINGS if beginning.match(content)), "")
    if not kind and not _NEVER.match(content):
        kind = _named(record)
    if not kind:
        begins = readable(content[:_SHOWN].decode("utf-8", "replace"), _SHOWN)
        raise Refused(f"neither a picture nor a PDF, it begins with {begins!r}")
    return {"attachmentname": _name(receipt_id, record), "attachmenttype": kind, "attachmentdata": data}


def _named(record: Mapping[str, Any] | None) -> str:
    """The kind of picture that the name of the file says it is; empty when it says none."""
    _, dot, extension = str((record or {}).get("Filename") or "").lower().rpartition(".")
    kind = _SPELLINGS.get(extension, extension)
    return kind if dot and kind in {known for _, known in _BEGINNINGS} else ""


def _name(receipt_id: str, record: Mapping[str, Any] | None) -> str:
    """The name that the file had, harmless, and what makes it the only one of its attachment."""
    given = str((record or {}).get("Filename") or "")[:500]
    stem = _NOT_IN_A_NAME.sub("_", given.rpartition(".")[0] or given)
    kept = stem.strip("_- ")[:_LONGEST_NAME].rstrip("_- ") or "receipt"
    return f"{kept}{_mark(receipt_id)}"


def is_named_after(name: str, receipt_id: str) -> bool:
    """Whether the name of a file says that it is this receipt."""
    return name.endswith(_mark(receipt_id))


def _mark(receipt_id: str) -> str:
    return f"-{hashlib.sha256(receipt_id.encode()).hexdigest()[:8]}"
