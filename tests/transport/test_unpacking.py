from __future__ import annotations

import gzip
import zlib

import pytest

from certify_intacct.transport.unpacking import Unpacker

DATA = bytes(range(256)) * 500


def unpacked(body: bytes, *, step: int = 1000, room: int = 64, encoding: str = "gzip") -> bytes:
    unpacker = Unpacker(encoding)
    parts = [part for place in range(0, len(body), step) for part in unpacker.feed(body[place : place + step], room)]
    unpacker.finish()
    assert encoding != "gzip" or all(len(part) <= room for part in parts)
    return b"".join(parts)


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_whole_however_it_arrives(step):
    assert unpacked(gzip.compress(DATA), step=step) == DATA
    assert unpacked(gzip.compress(DATA) * 3, step=step) == DATA * 3
    assert unpacked(gzip.compress(DATA) + b"\0" * 20, step=step) == DATA
    assert unpacked(DATA, step=step, encoding="") == unpacked(DATA, step=step, encoding="Identity") == DATA


def test_nothing_is_no_answer_cut_short():
    assert unpacked(b"") == b""


@pytest.mark.parametrize("body", [gzip.compress(DATA)[:-4], gzip.compress(DATA)[:-200], b"this is no gzip"])
def test_cut_or_damaged(body):
    with pytest.raises(zlib.error):
        unpacked(body)


@pytest.mark.parametrize("encoding", ["deflate", "br", "gzip, gzip", "gzip,identity", "\u202e"])
def test_what_was_not_asked_for(encoding):
    with pytest.raises(zlib.error, match="not asked for"):
        Unpacker(encoding)
