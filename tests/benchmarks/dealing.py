"""How far the codes of a batch are from their neighbours: as they are dealt, and as an encoder's defaults would draw them.

`python -m tests.benchmarks.dealing` prints the table. No code is drawn one by one: of each class one symbol is, and what a token's
letters turn in it is known (station.domain.family), so ten thousand codes are some XORs of bit arrays.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from station.domain.dealing import Form, deal
from station.domain.family import ALPHABET, effect
from station.domain.payload import ADMIN, BUNDLE, PREFIX, TOKEN, Payload, serialise, with_extras
from station.domain.policy import Mode
from station.domain.symbol import KnownSymbol, draw, header
from tests.benchmarks.masks import Masking

BATCH = 10_000
NEAR = 10
LETTERS = 20
BASE = "A" * LETTERS
OWN = {ADMIN: "com.example.agent/.admin.Receiver", PREFIX + "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "https://mdm.example.com/a.apk"}
GOOGLES = {
    ADMIN: "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
    PREFIX + "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "https://play.google.com/managed/downloadManagingApp?identifier=setup",
}
WIFI = {"WIFI_SSID": "Warehouse-Setup", "WIFI_SECURITY_TYPE": "WPA", "WIFI_PASSWORD": "none-of-yours", "LOCALE": "en_GB"}
Bits = NDArray[np.uint64]
"""Shape (codes, words): each row a symbol's modules, packed row-major and filled up with zeros."""


@dataclass(frozen=True, slots=True)
class Content:
    """A kind of content that a batch's codes have, but for the token."""

    name: str
    agent: tuple[tuple[str, str], ...]
    extras: tuple[tuple[str, object], ...] = ()
    bundle: tuple[tuple[str, object], ...] = ()

    def payload(self, token: str) -> Payload:
        """The content for one token."""
        agent = dict(self.agent)
        entries: dict[str, object] = {
            ADMIN: agent.pop(ADMIN),
            PREFIX + "DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
            **agent,
            BUNDLE: {TOKEN: token, **dict(self.bundle)},
        }
        return with_extras(Payload(entries), dict(self.extras), Mode.WPCO)


SMALL = Content("small agent, no extras", tuple(OWN.items()))
PLAIN = Content("Android Device Policy, no extras", tuple(GOOGLES.items()))
WARM = Content("the same, Wi-Fi and locale", tuple(GOOGLES.items()), tuple(WIFI.items()))
DPC = Content(
    "the same, two extras of the agent's", tuple(GOOGLES.items()), bundle=(("com.example.SITE", "Lyon-3"), ("com.example.GROUP", "7"))
)
KINDS = ((SMALL, "L"), (PLAIN, "L"), (PLAIN, "M"), (WARM, "L"), (WARM, "M"), (DPC, "L"))


@lru_cache(maxsize=256)
def base(content: Content, level: str, form: Form) -> KnownSymbol:
    """The symbol of a token of the same letters."""
    return draw(content.payload(BASE), order=form.key_order, mask=form.mask, level=level)


def tokens(count: int, seed: int) -> NDArray[np.uint8]:
    """Random tokens: shape (count, LETTERS), ASCII."""
    letters = np.frombuffer(ALPHABET, np.uint8)
    return letters[np.random.default_rng(seed).integers(0, len(letters), (count, LETTERS))]


def drawn(content: Content, level: str, forms: Sequence[Form], dealt: NDArray[np.uint8]) -> Bits:
    """The codes of these tokens, each in its form."""
    orders = np.array([form.key_order for form in forms])
    masks = np.array([form.mask for form in forms])
    found: Bits | None = None
    for order in np.unique(orders):
        mine = np.flatnonzero(orders == order)
        symbols = {mask: base(content, level, Form(int(order), mask)) for mask in map(int, np.unique(masks[mine]))}
        one = next(iter(symbols.values()))
        start = header(one.version) + 8 * serialise(content.payload(BASE), int(order)).index(BASE)
        rows = np.zeros((8, words(one.size)), np.uint64)
        for mask, symbol in symbols.items():
            rows[mask] = packed(symbol.modules)
        codes = rows[masks[mine]]
        for place in range(LETTERS):
            codes ^= _turned(one, start + 8 * place)[dealt[mine, place]]
        if found is None:
            found = np.zeros((len(forms), codes.shape[1]), np.uint64)
        found[mine] = codes
    if found is None:
        raise ValueError("a batch of no codes")
    return found


def words(size: int) -> int:
    """How many 64 bit words hold a symbol."""
    return -(-size * size // 64)


def packed(modules: bytes) -> Bits:
    """A symbol's modules as words."""
    octets = np.packbits(np.frombuffer(modules, np.uint8))
    return np.pad(octets, (0, -len(octets) % 8)).view(np.uint64)


def _turned(symbol: KnownSymbol, start: int) -> Bits:
    """What each letter turns in comparison with the base's: shape (256, words)."""
    table = np.zeros((256, words(symbol.size)), np.uint64)
    octets = (symbol.size * symbol.size + 7) // 8
    for letter in ALPHABET:
        members = effect(symbol.version, symbol.level, start, bytes([letter ^ ord(BASE[0])]))
        table[letter].view(np.uint8)[:octets] = np.frombuffer(members.to_bytes(octets, "big"), np.uint8)
    return table


def distances(one: Bits, two: Bits) -> NDArray[np.int64]:
    """In how many modules each pair of codes differs."""
    return np.asarray(np.bitwise_count(one ^ two).sum(axis=1), np.int64)


@dataclass(frozen=True, slots=True)
class Apart:
    """How far codes are from each other, in modules: consecutive ones, those up to ten places apart, the two forms of one code."""

    version: int
    consecutive: NDArray[np.int64]
    near: NDArray[np.int64]
    forms: NDArray[np.int64]


def _apart(version: int, forms: Sequence[Bits]) -> Apart:
    by_step = [np.concatenate([distances(one[:-step], two[step:]) for one in forms for two in forms]) for step in range(1, NEAR + 1)]
    own = distances(forms[0], forms[-1]) if len(forms) > 1 else np.zeros(0, np.int64)
    return Apart(version, by_step[0], np.concatenate(by_step), own)


def dealt_apart(content: Content, level: str, count: int = BATCH, seed: int = 1) -> Apart:
    """A batch as it is dealt. Each user may be at any of four attempts: it makes no difference to what is promised."""
    dealer, values = random.Random(seed), tokens(count, seed)
    pairs = [deal(position, dealer.randint(1, 4)) for position in range(1, count + 1)]
    codes = [drawn(content, level, [pair[form] for pair in pairs], values) for form in (0, 1)]
    return _apart(base(content, level, pairs[0][0]).version, codes)


def default_apart(content: Content, level: str, count: int = BATCH, seed: int = 1) -> Apart:
    """The same users' codes with the keys as the service writes them, and the mask that the encoder chooses."""
    codes = drawn(content, level, [Form(0, 0)] * count, tokens(count, seed))
    masks = [base(content, level, Form(0, mask)) for mask in range(8)]
    symbol = masks[0]
    turned = np.stack([packed(symbol.modules) ^ packed(other.modules) for other in masks])
    chosen = chosen_masks(symbol, codes)
    return _apart(symbol.version, [codes ^ turned[chosen]])


def chosen_masks(symbol: KnownSymbol, codes: Bits) -> NDArray[np.intp]:
    """The masks that segno would choose for codes like this symbol, all drawn under mask 0."""
    masking, size = Masking(symbol.version, symbol.level), symbol.size
    octets = codes.view(np.uint8)
    found = [masking.chosen(np.unpackbits(row, count=size * size).reshape(size, size)) for row in octets]
    return np.array(found, np.intp)


def figures(values: NDArray[np.int64]) -> str:
    """Least and middle."""
    return f"{values.min():,} / {np.median(values):,.0f}"


def rows(kinds: Iterable[tuple[Content, str]] = KINDS, count: int = BATCH) -> Iterator[tuple[str, ...]]:
    """The table's rows."""
    for content, level in kinds:
        ours, theirs = dealt_apart(content, level, count), default_apart(content, level, count)
        values = (ours.consecutive, theirs.consecutive, ours.near, theirs.near, ours.forms)
        yield f"{content.name}: {ours.version}-{level}", *map(figures, values)


def milliseconds() -> tuple[float, float]:
    """What one form of a code takes to be drawn: the first one of its family, and another one."""
    values = tokens(24, 9)
    times = []
    for row in values:
        started = time.perf_counter()
        draw(WARM.payload(row.tobytes().decode()), order=3, mask=1)
        times.append(1000 * (time.perf_counter() - started))
    return times[0], float(np.median(times[1:]))


def main() -> None:
    """Print the table."""
    first, other = milliseconds()
    table = Table(
        "content: version-level",
        "consecutive",
        "with defaults",
        "to the ten before and after",
        "with defaults",
        "two forms of one code",
    )
    for row in rows():
        table.add_row(*row)
    console = Console(width=150)
    console.print(f"Modules in which codes differ, least / median, in a batch of {BATCH:,}; each user at any of four attempts.")
    console.print(table)
    console.print(f"Drawing one form: {first:.0f} ms for the first code of a family, {other:.0f} ms for another.")


if __name__ == "__main__":
    main()
