"""The hash chain of the record: each event's hash covers its content and the hash before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

EMPTY = hashlib.sha256(b"sixtap").hexdigest()

FIELDS = ("seq", "at", "bench", "actor", "role", "kind", "batch", "enrollment", "body", "previous")


FlawKind = Literal["missing", "detached", "changed", "rewritten"]


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first place where the chain does not hold."""

    seq: int
    what: str
    kind: FlawKind = field(default="rewritten", compare=False)


def link(row: Mapping[str, object]) -> str:
    """SHA-256 over the canonical JSON (sorted keys, no spaces, UTF-8) of an event's FIELDS, `previous` among them."""
    body = {name: row[name] for name in FIELDS}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Chain:
    """Walks a chain in order, however many pages it comes in: `feed` rows, then ask `finish`. It goes on behind the event number
    `length`, whose hash is `head`, where that part was walked before."""

    def __init__(self, length: int = 0, head: str = EMPTY) -> None:
        self.length = length
        self.head = head
        self.flaw: Flaw | None = None
        self._seen: set[str] = set()

    def feed(self, rows: Iterable[Mapping[str, object]], *, expected: str | None = None) -> None:
        """Check the next rows. `expected` is a head noted earlier: it is remembered when it passes by."""
        for row in rows:
            if self.flaw:
                return
            seq = self.length + 1
            if row["seq"] != seq:
                self.flaw = Flaw(seq, f"event {seq} is missing; the next one found is {row['seq']}", "missing")
            elif row["previous"] != self.head:
                self.flaw = Flaw(seq, f"event {seq} does not follow on event {seq - 1}", "detached")
            elif row["hash"] != link(row):
                self.flaw = Flaw(seq, f"event {seq} was changed after it was written", "changed")
            else:
                self.length, self.head = seq, str(row["hash"])
                if self.head == expected:
                    self._seen.add(expected)

    def finish(self, expected: str | None = None) -> Flaw | None:
        """The flaw, if any; with `expected`, a chain that never had this head is flawed too: it was rewritten or cut."""
        if self.flaw is None and expected is not None and expected != EMPTY and expected not in self._seen:
            self.flaw = Flaw(self.length, "the noted head is nowhere in the chain: it was rewritten or cut")
        return self.flaw
