"""The faults that a test orders and that both services then commit: a registry asked once for each request.

A fault never changes what the services would have decided; it changes whether the work is done and what the caller gets to
see. `stage` says when: "before" (nothing was done), "during" (some of the functions of a request were done) or "after"
(all of it was done and committed, and the answer is lost or spoilt).
"""

from __future__ import annotations

import random
import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Kind:
    """What one kind of fault does: its text for people, when it strikes, and which services know it."""

    text: str
    stage: str = "before"
    sides: tuple[str, ...] = ("intacct", "certify")
    either_stage: bool = False


KINDS: dict[str, Kind] = {
    "http_400": Kind("HTTP 400 in the service's own error shape (Intacct: GW-0011)"),
    "http_401": Kind("HTTP 401 in the service's own error shape (Intacct: XMLGW_JPP0002)"),
    "http_403": Kind("HTTP 403; Intacct: an HTML page of the proxy"),
    "http_429": Kind("HTTP 429 with Retry-After (Intacct: GW-0010)"),
    "http_500": Kind("HTTP 500 with an empty body", either_stage=True),
    "http_502_html": Kind("HTTP 502 with a proxy's HTML page", either_stage=True),
    "http_503_html": Kind("HTTP 503 with a proxy's HTML page", either_stage=True),
    "http_524_after_commit": Kind("the work is done, the CDN answers HTTP 524", "after"),
    "drop_before": Kind("the connection is cut before anything is done"),
    "drop_after_commit": Kind("the work is done, the connection is cut without an answer", "after"),
    "partial_commit": Kind(
        "some of the functions (or records) of a request are done, then the connection is cut", "during"
    ),
    "truncate_body": Kind("the work is done, the answer breaks off in the middle", "after"),
    "malformed_xml": Kind("the work is done, the answer is complete but not well-formed (XML or JSON)", "after"),
    "html_200": Kind("HTTP 200 with an HTML page", either_stage=True),
    "rate_limit_text": Kind("HTTP 200 with the bare text `API rate limit exceeded`"),
    "service_offline": Kind(
        "nothing is done, every function fails with `The Service is Temporarily Off-line`", sides=("intacct",)
    ),
    "gw_0001": Kind("the gateway's temporary failure GW-0001", sides=("intacct",)),
    "session_expired": Kind(
        "the session in the request is unknown (only requests that carry a session)", sides=("intacct",)
    ),
    "slow": Kind("the answer comes `seconds` later; everything else is as usual", "after"),
    "shuffle_results": Kind("the work is done, the results (or records) come back in another order", "after"),
    "missing_result": Kind("the work is done, one of the results (or records) is missing from the answer", "after"),
}

SIDES = ("intacct", "certify")
LOG_LENGTH = 10_000


class Meta(Protocol):
    """The part of the store in which faults survive a restart."""

    def get_meta(self, key: str) -> Any: ...

    def set_meta(self, key: str, value: Any) -> None: ...


class UnknownFault(ValueError):
    """The order names a kind, a side or a field that does not exist; the text lists those that do."""


@dataclass
class Fault:
    """One ordered fault: what it strikes, how many requests it lets pass, how often it strikes, and how often it has been asked."""

    number: int
    side: str
    match: str
    kind: str
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    seconds: float = 5.0
    retry_after: int = 1
    commit: bool | None = None
    commit_first: int | None = None
    seen: int = 0
    fired: int = 0

    @property
    def stage(self) -> str:
        """ "before", "during" or "after" the commit."""
        if self.commit is not None and KINDS[self.kind].either_stage:
            return "after" if self.commit else "before"
        return KINDS[self.kind].stage

    @property
    def spent(self) -> bool:
        """True when it has struck as often as it was ordered to."""
        return self.times is not None and self.fired >= self.times

    def fits(self, side: str, names: Iterable[str]) -> bool:
        """Whether a request of this side with these names is one that the fault was ordered for (case ignored)."""
        if self.side not in ("*", side):
            return False
        wanted = self.match.casefold()
        return wanted == "*" or any(wanted in (name.casefold(), *name.casefold().split()) for name in names)

    def dice(self) -> random.Random:
        """The randomness of the request at hand: the same for the same seed, fault and count of requests seen."""
        return random.Random(f"{self.seed}:{self.number}:{self.seen}")

    def commits(self, functions: int) -> int:
        """How many of the functions of a request `partial_commit` lets through, 0 to `functions`."""
        if self.commit_first is not None:
            return min(self.commit_first, functions)
        return self.dice().randint(0 if functions == 1 else 1, functions)


class Faults:
    """All ordered faults. Survives a restart of the sandbox, counts included."""

    def __init__(self, store: Meta) -> None:
        self._store = store
        self._lock = threading.Lock()
        kept = store.get_meta("faults") or {}
        self._active = [Fault(**fields) for fields in kept.get("active", [])]
        self._counts: Counter[str] = Counter(kept.get("counts", {}))
        self._last = int(kept.get("last", 0))
        self._log: deque[dict[str, Any]] = deque(maxlen=LOG_LENGTH)

    def add(self, order: Mapping[str, Any]) -> Fault:
        """Take an order as POST /_sandbox/faults gives it. Raises UnknownFault with a text that helps."""
        fields = checked(order)
        with self._lock:
            self._last += 1
            fault = Fault(number=self._last, **fields)
            self._active.append(fault)
            self._keep()
        return fault

    def clear(self) -> None:
        """Forget all faults, their counts and their log. Numbers begin anew: what is ordered then strikes as it would at first."""
        with self._lock:
            self._active, self._counts, self._last = [], Counter(), 0
            self._log.clear()
            self._keep()

    def pick(self, side: str, names: Iterable[str], *, session: bool = True) -> Fault | None:
        """The fault that strikes this request, or None; asked once, at the start of a request.

        `names` are the function names, object names and "VERB resource" of the request. The first ordered fault that fits
        and whose dice fall wins. `session` is False for a request that logs in and so has no session to expire.
        """
        names = list(names)
        with self._lock:
            for fault in self._active:
                if fault.spent or not fault.fits(side, names) or (fault.kind == "session_expired" and not session):
                    continue
                if side not in KINDS[fault.kind].sides:
                    continue
                fault.seen += 1
                strikes = fault.seen > fault.skip and fault.dice().random() < fault.probability
                if strikes:
                    fault.fired += 1
                    self._counts[f"{side} {fault.kind}"] += 1
                    self._log.append({"fault": fault.number, "side": side, "kind": fault.kind, "names": names})
                self._keep()
                if strikes:
                    return fault
        return None

    def describe(self) -> dict[str, Any]:
        """What is ordered and what has struck: `active`, `fired` (total), `counts` by side and kind, `log` (latest last)."""
        with self._lock:
            return {
                "active": [asdict(fault) | {"stage": fault.stage} for fault in self._active if not fault.spent],
                "spent": [asdict(fault) | {"stage": fault.stage} for fault in self._active if fault.spent],
                "fired": sum(self._counts.values()),
                "counts": dict(self._counts),
                "log": list(self._log),
            }

    def _keep(self) -> None:
        self._store.set_meta(
            "faults",
            {"active": [asdict(fault) for fault in self._active], "counts": dict(self._counts), "last": self._last},
        )


def checked(order: Mapping[str, Any]) -> dict[str, Any]:
    """The order's fields with their defaults, or UnknownFault saying what is wrong and what is allowed."""
    allowed = (
        "side",
        "match",
        "kind",
        "times",
        "skip",
        "probability",
        "seed",
        "seconds",
        "retry_after",
        "commit",
        "commit_first",
    )
    unknown = sorted(set(order) - set(allowed))
    if unknown:
        raise UnknownFault(f"A fault has no field {', '.join(unknown)}; it has {', '.join(allowed)}.")
    kind = order.get("kind")
    if kind not in KINDS:
        raise UnknownFault(f"There is no fault of kind {kind!r}. Known kinds: {', '.join(KINDS)}.")
    side = order.get("side", "*")
    if side not in (*SIDES, "*"):
        raise UnknownFault(f"side is {side!r}; it must be intacct, certify or *.")
    if side != "*" and side not in KINDS[kind].sides:
        raise UnknownFault(f"{kind} exists only at {' and '.join(KINDS[kind].sides)}.")
    fields = {"match": "*", "side": side} | {name: order[name] for name in order}
    _check_numbers(fields)
    if fields.get("commit") is not None and not KINDS[kind].either_stage:
        choosable = ", ".join(name for name, known in KINDS.items() if known.either_stage)
        raise UnknownFault(f"commit can be chosen only for {choosable}; {kind} strikes {KINDS[kind].stage} the commit.")
    return fields


def _check_numbers(fields: Mapping[str, Any]) -> None:
    def number(name: str, least: float, most: float, whole: bool = False) -> None:
        value = fields.get(name)
        if value is None:
            return
        fine = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not fine or not least <= value <= most:
            raise UnknownFault(f"{name} is {value!r}; it must be a number from {least} to {most}.")

    number("times", 1, 1_000_000, whole=True)
    number("skip", 0, 1_000_000, whole=True)
    number("probability", 0, 1)
    number("seed", -(2**63), 2**63, whole=True)
    number("seconds", 0, 600)
    number("retry_after", 0, 600, whole=True)
    number("commit_first", 0, 10_000, whole=True)
    if not isinstance(fields["match"], str) or not fields["match"]:
        raise UnknownFault('match must be a function, an object, "VERB resource" or *.')
    if not isinstance(fields.get("commit"), (bool, type(None))):
        raise UnknownFault("commit must be true or false.")
