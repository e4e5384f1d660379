"""The symbol drawn from a content, what of it differs between users, and relatives for the witness to compare with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import segno

from station.domain.errors import BadPayload
from station.domain.family import relatives
from station.domain.payload import BUNDLE, TOKEN, Link, Payload, serialise

QUIET_ZONE = 4  # modules; ISO/IEC 18004, 6.3.8
TAIL = 20  # octets that are taken to vary when a content has no token; as long as a token
WRITTEN = re.compile(rb"%b[\"']?\s*[:=]\s*[\"']?([^\s\"',;}&]+)" % re.escape(TOKEN.encode()))


@dataclass(frozen=True, slots=True)
class KnownSymbol:
    """A drawn symbol without quiet zone: row-major bytes of 0 and 1, see station.ports.Symbol."""

    size: int
    modules: bytes = field(repr=False)
    varies: bytes = field(repr=False)
    relatives: Sequence[bytes] = field(repr=False)
    version: int
    mask: int
    level: str


def draw(payload: Payload | Link, *, order: int = 0, mask: int | None = None, level: str = "L") -> KnownSymbol:
    """The payload's symbol, and which of its modules differ between users' tokens. Raises BadPayload when it fits no symbol."""
    if isinstance(payload, Link):
        text = payload.text.encode()
        return _drawn(text, level, mask, range(text.rfind(b"=") + 1, len(text)))
    try:
        text = serialise(payload, order).encode()
    except UnicodeEncodeError:  # holds the whole text
        raise BadPayload("The code's content holds half a character (a lone surrogate).", "Mint it again.") from None
    # without a text for the agent this is a code that all phones share: nothing of it differs between users
    return _drawn(text, level, mask, _varying_place(payload, order))


def known(text: bytes, level: str = "L", mask: int | None = None, varies: range | None = None) -> KnownSymbol:
    """The symbol of any text. `varies`: the octets of it that differ between users; without it, the enrollment token that is
    found by its key's name, else the last 20 octets. Raises BadPayload when they lie outside, or the text fits no symbol."""
    if varies is None:
        found = WRITTEN.search(text)
        varies = range(*found.span(1)) if found else range(max(0, len(text) - TAIL), len(text))
    if varies.step != 1 or not 0 <= varies.start < varies.stop <= len(text):
        raise BadPayload(
            f"The octets {varies.start}:{varies.stop} are not inside of a content that is {len(text)} long.", "Correct the range."
        )
    return _drawn(text, level, mask, varies)


def _drawn(text: bytes, level: str, mask: int | None, varies: range) -> KnownSymbol:
    # make_qr: plain make() may choose Micro QR. Without a mask the encoder chooses one.
    try:
        code = segno.make_qr(text, error=level, mask=mask, mode="byte", boost_error=False)
    except segno.DataOverflowError:
        raise BadPayload(f"The code's content is too long for a QR symbol of level {level}.", "Drop extras, or use level L.") from None
    version, modules = int(code.version), b"".join(bytes(row) for row in code.matrix)
    moving, others = relatives(modules, version, level, header(version) + 8 * varies.start, text[varies.start : varies.stop])
    return KnownSymbol(len(code.matrix), modules, moving, others, version, int(code.mask), level)


def header(version: int) -> int:
    """How many bits stand before the octets of a byte mode segment: the mode, and the count (ISO/IEC 18004:2015, 7.4.1, table 3)."""
    return 4 + (8 if version < 10 else 16)


def _varying_place(payload: Payload, order: int) -> range:
    """Where the text that differs between users stands in the serialised content, in octets; empty when there is none."""
    texts = dict(_texts(payload.entries))
    agent = [keys for keys in texts if keys[0] == BUNDLE and len(keys) > 1]
    keys = payload.varying if payload.varying in texts else max(agent, key=lambda keys: len(texts[keys]), default=())
    if not keys or not texts[keys]:
        return range(0)
    length = len(json.dumps(texts[keys], ensure_ascii=False).encode()) - 2
    one, two = (serialise(Payload(_with(payload.entries, keys, letter * length)), order).encode() for letter in "AB")
    start = next(at for at, (a, b) in enumerate(zip(one, two, strict=True)) if a != b)
    return range(start, start + length)


def _texts(entries: dict[str, object], before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of nested objects, by the keys that lead to it."""
    for key, value in entries.items():
        if isinstance(value, dict):
            yield from _texts(value, (*before, key))
        elif isinstance(value, str):
            yield (*before, key), value


def _with(entries: dict[str, object], keys: tuple[str, ...], text: str) -> dict[str, object]:
    inner = entries[keys[0]]
    return {**entries, keys[0]: _with(inner, keys[1:], text) if len(keys) > 1 and isinstance(inner, dict) else text}
