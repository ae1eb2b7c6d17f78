"""Requests and answers of HTTP/1.1 as they pass, each taken whole."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)\s*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked\s*\r\n", re.IGNORECASE)
_CHUNK = 65_536
# Answers that have no body.
_EMPTY = (b"204", b"304")


@dataclass(frozen=True)
class Message:
    """A head and its body, as they came; `whole` is whether all of it did."""

    data: bytes
    whole: bool


async def message(reader: asyncio.StreamReader) -> Message | None:
    """The next request or answer, or what came of it until the connection ended; None when that was nothing."""
    data = bytearray()
    try:
        data += await reader.readuntil(b"\r\n\r\n")
        head = bytes(data)
        if length := _LENGTH.search(head):
            await _take(reader, data, int(length[1]))
        elif _CHUNKED.search(head):
            await _chunks(reader, data)
        elif head.startswith(b"HTTP/") and head.split(maxsplit=2)[1] not in _EMPTY:
            while more := await reader.read(_CHUNK):
                data += more
            return Message(bytes(data), whole=False)
    except asyncio.IncompleteReadError as cut:
        data += cut.partial
        return Message(bytes(data), whole=False) if data else None
    except (OSError, asyncio.LimitOverrunError):
        return Message(bytes(data), whole=False) if data else None
    return Message(bytes(data), whole=True)


async def _take(reader: asyncio.StreamReader, data: bytearray, size: int) -> None:
    while size and (more := await reader.read(min(size, _CHUNK))):
        data += more
        size -= len(more)
    if size:
        raise asyncio.IncompleteReadError(b"", size)


async def _chunks(reader: asyncio.StreamReader, data: bytearray) -> None:
    size = 1
    while size:
        line = await reader.readuntil(b"\r\n")
        data += line
        size = int(line.split(b";")[0], 16)
        await _take(reader, data, size + 2)
