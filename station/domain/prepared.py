"""Prepared codes: what a console exported for one user. What such a content must hold, for which mode, and which two are the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from station.domain.errors import BadPayload
from station.domain.payload import ADMIN, PREFIX, parse
from station.domain.policy import Mode

Kind = Literal["provisioning", "link"]
LONGEST = 2953  # octets: no QR symbol holds more (ISO/IEC 18004, table 7, version 40-L)
DOWNLOAD = PREFIX + "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION"
CHECKSUMS = (PREFIX + "DEVICE_ADMIN_SIGNATURE_CHECKSUM", PREFIX + "DEVICE_ADMIN_PACKAGE_CHECKSUM")
TOKENS = "prepared/"
AGAIN = "Export it again from the console."
# A component is PACKAGE/CLASS (AOSP, ComponentName.unflattenFromString).
_COMPONENT = re.compile(r"[A-Za-z][\w]*(\.[\w]+)+/[\w.$]+")
_ADDRESS = re.compile(r"(?i)[a-z][a-z0-9+.-]*://\S+|www\.\S+")
# What a work profile's enrollment link looks like: Android Management API, "Provision a device", work profile by link.
_WORK_PROFILE_LINK = re.compile(r"https://enterprise\.google\.com/android/enroll/?\?(?:[^#\s]*&)?et=[^&#\s]+\S*")


@dataclass(frozen=True, slots=True)
class PreparedCode:
    """One user's code as a console exported it: a secret. Times in seconds since the epoch.

    `mode`: the only one that the console made it for, None where nobody said. `expires`: None for a code that stays valid.
    `source` names the file that it came from. `varying`: the keys that lead to what differs between users' codes, as far as known.
    """

    content: str = field(repr=False)
    kind: Kind
    source: str = field(default="", repr=False)  # may hold a person's name
    mode: Mode | None = None
    expires: float | None = None
    imported: float = 0.0
    varying: tuple[str, ...] = ()


def checked(content: str, mode: Mode | None = None) -> Kind:
    """What a content is good for. `mode` where it is known. Raises BadPayload; the message never quotes the content."""
    if len(content.encode("utf-8", "surrogatepass")) > LONGEST:
        raise BadPayload(f"The code's content is longer than {LONGEST} octets, which no QR symbol holds.", AGAIN)
    kind: Kind = "link" if _is_link(content, mode) else _provisioning(content)
    check_fit(kind, mode)
    return kind


def token_of(user: str) -> str:
    """What a user's prepared code is called, where other services have an enrollment token's name; their device bears it too."""
    return f"{TOKENS}{user}"


def check_fit(kind: Kind, mode: Mode | None) -> None:
    """A work profile comes by a link, everything else by a provisioning bundle. Raises BadPayload."""
    if mode is None or (kind == "link") == (mode is Mode.WORK_PROFILE):
        return
    if kind == "link":
        raise BadPayload(
            f"The code is a work profile's link; a {mode} phone needs the provisioning code that is scanned after six taps.",
            "Export that one, or choose the mode work_profile.",
        )
    raise BadPayload(
        "The code is for a phone's setup wizard; a personally owned phone gets its work profile by a link.",
        "Export the enrollment link's code, or choose another mode.",
    )


def _is_link(content: str, mode: Mode | None) -> bool:
    if not _ADDRESS.fullmatch(content):
        return False
    if _WORK_PROFILE_LINK.fullmatch(content) or (mode is Mode.WORK_PROFILE and content.startswith("https://")):
        return True
    raise BadPayload(
        "The code is a web address only; a phone in its setup wizard needs the provisioning code.",
        "Export the code that is scanned after six taps. If it is a work profile's link, say --mode work_profile.",
    )


def _provisioning(content: str) -> Kind:
    try:
        entries = parse(content).entries
    except BadPayload:
        raise BadPayload("The code holds no provisioning extras that name a device admin component.", AGAIN) from None
    component = entries[ADMIN]
    if not isinstance(component, str) or not _COMPONENT.fullmatch(component):
        raise BadPayload("The code's device admin component is not of the form PACKAGE/CLASS.", AGAIN)
    if DOWNLOAD in entries and not any(isinstance(entries.get(key), str) and entries[key] for key in CHECKSUMS):
        raise BadPayload("The code says where to download the agent and gives no checksum: Android refuses that.", AGAIN)
    return "provisioning"


def varying(contents: Iterable[str]) -> tuple[str, ...]:
    """The keys that lead to the text by which users' provisioning codes differ: the one with the most different values, the longest of
    those. Empty when fewer than two codes are of one form."""
    forms: dict[frozenset[tuple[str, ...]], list[dict[tuple[str, ...], str]]] = {}
    for content in contents:
        texts = dict(_texts(json.loads(content), ()))
        forms.setdefault(frozenset(texts), []).append(texts)
    alike = max(forms.values(), key=len, default=[])

    def weight(keys: tuple[str, ...]) -> tuple[int, int]:
        return len({texts[keys] for texts in alike}), min(len(texts[keys]) for texts in alike)

    best = max(alike[0], key=weight, default=()) if len(alike) > 1 else ()
    return best if best and weight(best)[0] > 1 else ()


def _texts(value: object, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str):
        yield before, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*before, key))


def meaning(content: str) -> str:
    """The same text for contents that mean the same: JSON keys in any order, blanks between them. A secret like the content."""
    try:
        return json.dumps(json.loads(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return content
