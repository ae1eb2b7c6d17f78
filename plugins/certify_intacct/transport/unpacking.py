"""Takes the gzip off an answer, never more at a time than there is room for."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_GZIP = 31


class Unpacker:
    """Gives the bytes of an answer as they were before they were packed.

    :param encoding: the answer's Content-Encoding; only gzip was asked for
    :raises zlib.error: packed in another way
    """

    def __init__(self, encoding: str | None) -> None:
        name = (encoding or "").strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip"):
            raise zlib.error(f"the answer is packed as {name[:40]!r}, which was not asked for")
        self._packed = name not in ("", "identity")
        self._member = zlib.decompressobj(_GZIP)
        # Whether a member came whole, whether another one has begun, and whether it gave anything yet.
        self._whole = self._begun = self._gave = self._over = False

    def feed(self, data: bytes, room: int) -> Iterator[bytes]:
        """What comes of the next bytes, in parts of at most ``room`` bytes.

        :raises zlib.error: they are damaged
        """
        if not self._packed:
            yield data
            return
        while data and not self._over:
            try:
                part = self._member.decompress(data, max(room, 1))
            except zlib.error:
                if not self._whole or self._gave:
                    raise
                # Some servers fill up what they send.
                self._over = True
                return
            self._begun = True
            self._gave = self._gave or bool(part)
            yield part
            if self._member.eof:
                data = self._member.unused_data
                self._member, self._whole, self._begun, self._gave = zlib.decompressobj(_GZIP), True, False, False
            else:
                data = self._member.unconsumed_tail

    def finish(self) -> None:
        """Makes sure that nothing is missing.

        :raises zlib.error: the end is
        """
        if self._begun and (not self._whole or self._gave):
            raise zlib.error("the packed answer ends too early")
