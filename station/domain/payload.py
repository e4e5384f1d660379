"""The QR payload: Android's provisioning extras inside the management service's own JSON.

The service's `qrCode` string is parsed, extras are added, and it is written again compactly; it is never rebuilt. Names and types of
the extras: AOSP, android.app.admin.DevicePolicyManager, EXTRA_PROVISIONING_*, and ManagedProvisioning's message parser.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from station.domain.errors import BadPayload
from station.domain.policy import Mode

PREFIX = "android.app.extra.PROVISIONING_"
ADMIN = PREFIX + "DEVICE_ADMIN_COMPONENT_NAME"
BUNDLE = PREFIX + "ADMIN_EXTRAS_BUNDLE"
TOKEN = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105 - a key's name, not a secret
WIFI_TYPES = ("NONE", "WPA", "WEP", "EAP")
RUNS = 4  # of keys, that change places: as many as the service writes keys
ORDERS = math.factorial(RUNS)


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value else "must be a text that is not empty"


def _halves(value: object) -> str | None:
    broken = isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value)
    return "holds half a character (a lone surrogate), which no QR symbol can carry" if broken else None


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _port(value: object) -> str | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536
    return None if fits else "must be a port number from 1 to 65535"


def _milliseconds(value: object) -> str | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63
    return None if fits else "must be a time in milliseconds since 1970"


def _ssid(value: object) -> str | None:
    if not isinstance(value, str) or not value:
        return "must be the network's name and not empty, or provisioning stops with an error"
    octets = len(value.encode("utf-8", "surrogatepass"))
    return None if octets <= 32 else f"is {octets} octets long; a network's name has 32 at most"


def _security(value: object) -> str | None:
    if value in WIFI_TYPES:
        return None
    return (
        "must be exactly NONE, WPA, WEP or EAP: Android takes anything else for an open network (WPA2 and WPA3 networks are WPA here)"
    )


def _locale(value: object) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(r"[a-z]{2,3}_[A-Z]{2}", value)
    return None if fits else "must look like en_GB: language, underscore, country; anything else stops provisioning with an error"


def _zone(value: object) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(r"[A-Za-z_+\-0-9]+(/[A-Za-z_+\-0-9]+)*", value)
    return None if fits else "must be a time zone's name such as Europe/Paris"


CHECKS: dict[str, Callable[[object], str | None]] = {
    "WIFI_SSID": _ssid,
    "WIFI_SECURITY_TYPE": _security,
    "WIFI_PASSWORD": _text,
    "WIFI_HIDDEN": _flag,
    "WIFI_PROXY_HOST": _text,
    "WIFI_PROXY_PORT": _port,
    "WIFI_PROXY_BYPASS": _text,
    "WIFI_PAC_URL": _text,
    "WIFI_EAP_METHOD": _text,
    "WIFI_PHASE2_AUTH": _text,
    "WIFI_IDENTITY": _text,
    "WIFI_ANONYMOUS_IDENTITY": _text,
    "WIFI_DOMAIN": _text,
    "WIFI_CA_CERTIFICATE": _text,
    "WIFI_USER_CERTIFICATE": _text,
    "LOCALE": _locale,
    "TIME_ZONE": _zone,
    "LOCAL_TIME": _milliseconds,
    "LEAVE_ALL_SYSTEM_APPS_ENABLED": _flag,
    "SKIP_ENCRYPTION": _flag,
    "USE_MOBILE_DATA": _flag,
    "SKIP_EDUCATION_SCREENS": _flag,
    "SENSORS_PERMISSION_GRANT_OPT_OUT": _flag,
}
REFUSED = {
    "ALLOW_OFFLINE": "the management service needs the internet during setup",
    "DISCLAIMERS": "its content must lie on the phone already, which no QR code can do",
}
EAP_ONLY = (
    "WIFI_EAP_METHOD",
    "WIFI_PHASE2_AUTH",
    "WIFI_IDENTITY",
    "WIFI_ANONYMOUS_IDENTITY",
    "WIFI_DOMAIN",
    "WIFI_CA_CERTIFICATE",
    "WIFI_USER_CERTIFICATE",
)
# AOSP documents these "only for device owner provisioning".
DEVICE_OWNER_ONLY = ("LOCALE", "TIME_ZONE", "LOCAL_TIME", "SENSORS_PERMISSION_GRANT_OPT_OUT")
DEAD = {
    "SKIP_EDUCATION_SCREENS": "Android ignores it when provisioning starts from a QR code",
    "SKIP_ENCRYPTION": "modern devices are always encrypted",
}


@dataclass(frozen=True, slots=True)
class Payload:
    """The content of one code: a secret. `warnings` name extras that this mode ignores; they hold no values.

    `varying`: the keys that lead to the text which differs between users, such as their enrollment token; where it is not there, the
    longest text for the management agent counts.
    """

    entries: dict[str, object] = field(repr=False)
    warnings: tuple[str, ...] = ()
    varying: tuple[str, ...] = (BUNDLE, TOKEN)


@dataclass(frozen=True, slots=True)
class Link:
    """An enrollment link as the content of a code: a secret. A phone that is in use already opens it, and gets a work profile."""

    text: str = field(repr=False)


def parse(content: str, varying: tuple[str, ...] = ()) -> Payload:
    """The service's `qrCode` string; `varying`: see Payload. Raises BadPayload; the message never quotes the content."""
    try:
        entries = json.loads(content)
    except (ValueError, RecursionError):
        raise BadPayload("The management service's code is no JSON.", "Mint it again; tell support if that repeats.") from None
    if not isinstance(entries, dict) or not isinstance(entries.get(ADMIN), str):
        raise BadPayload("The management service's code names no device admin component.", "Mint it again.")
    return Payload(entries, varying=varying or (BUNDLE, TOKEN))


def with_extras(payload: Payload, extras: Mapping[str, object], mode: Mode) -> Payload:
    """Add provisioning extras (short names such as WIFI_SSID, or full ones). Raises BadPayload naming the extra and why."""
    short = {name.removeprefix(PREFIX): value for name, value in extras.items()}
    twice = sorted(name for name in short if name in extras and PREFIX + name in extras)
    if twice:
        raise BadPayload(f"The extra {twice[0]} is given twice, by its short and by its full name.", "Take one out.")
    for name, value in short.items():
        _check(name, value)
    _check_wifi(short)
    warnings = [f"{name}: {why}." for name, why in DEAD.items() if name in short]
    if mode in {Mode.WPCO, Mode.WORK_PROFILE}:
        warnings += [f"{name}: only fully managed devices heed it, {mode} ignores it." for name in DEVICE_OWNER_ONLY if name in short]
    if "USE_MOBILE_DATA" in short and "WIFI_SSID" in short:
        warnings.append("USE_MOBILE_DATA: a Wi-Fi network is given too, and Wi-Fi wins.")
    added = {PREFIX + name: value for name, value in short.items()}
    clash = sorted(set(added) & set(payload.entries))
    if clash:
        raise BadPayload(f"{clash[0]} is in the management service's code already.", "Take it out of the extras.")
    return replace(payload, entries={**payload.entries, **added}, warnings=(*payload.warnings, *warnings))


def _check(name: str, value: object) -> None:
    if name in REFUSED:
        raise BadPayload(f"The extra {name} cannot be used: {REFUSED[name]}.", "Take it out of the extras.")
    check = CHECKS.get(name)
    if check is None:
        raise BadPayload(f"{name[:80]!r} is no provisioning extra that a QR code may carry.", "See the documentation for the list.")
    why = check(value) or _halves(value)
    if why:
        raise BadPayload(f"The extra {name} {why}.", "Correct it in the configuration.")


def _check_wifi(short: Mapping[str, object]) -> None:
    wifi = sorted(name for name in short if name.startswith("WIFI_") and name != "WIFI_SSID")
    if wifi and "WIFI_SSID" not in short:
        raise BadPayload(f"The extra {wifi[0]} needs WIFI_SSID beside it.", "Add the network's name.")
    kind = short.get("WIFI_SECURITY_TYPE", "NONE")
    _check_password(kind, short.get("WIFI_PASSWORD"))
    stray = [name for name in EAP_ONLY if name in short]
    if stray and kind != "EAP":
        raise BadPayload(f"The extra {stray[0]} counts only with WIFI_SECURITY_TYPE EAP.", "Say EAP, or take it out.")
    if kind == "EAP" and "WIFI_EAP_METHOD" not in short:
        raise BadPayload("WIFI_SECURITY_TYPE EAP needs a WIFI_EAP_METHOD.", "Add it, for example PEAP.")
    if "WIFI_PROXY_HOST" in short and "WIFI_PROXY_PORT" not in short:
        raise BadPayload("The extra WIFI_PROXY_HOST needs WIFI_PROXY_PORT beside it.", "Add the proxy's port.")


def _check_password(kind: object, password: object) -> None:
    if password is not None and kind == "NONE":
        raise BadPayload(
            "The extra WIFI_PASSWORD would be ignored: without a WIFI_SECURITY_TYPE, or with NONE, the network is open to Android.",
            "Say WIFI_SECURITY_TYPE WPA.",
        )
    if password is None and kind in {"WPA", "WEP"}:
        raise BadPayload(f"WIFI_SECURITY_TYPE {kind} needs a WIFI_PASSWORD.", "Add it, or say NONE for an open network.")
    # IEEE 802.11 bounds a passphrase so; WEP keys and EAP passwords may be shorter or longer
    if kind == "WPA" and isinstance(password, str) and not 8 <= len(password) <= 63:
        raise BadPayload("The extra WIFI_PASSWORD must have 8 to 63 characters for WPA.", "Correct it in the configuration.")


def serialise(payload: Payload, order: int = 0) -> str:
    """Compact JSON with the `order`-th of 24 orders of the top-level keys; the phone reads the same meaning from each."""
    return json.dumps(_ordered(payload.entries, order), separators=(",", ":"), ensure_ascii=False)


def _ordered(entries: dict[str, object], order: int) -> dict[str, object]:
    """The keys in four runs of about the same number, which change places: so extras move too. Of fewer keys, some runs are empty."""
    keys = list(entries)
    ends = [at * len(keys) // RUNS for at in range(RUNS + 1)]
    runs = [keys[start:end] for start, end in itertools.pairwise(ends)]
    permuted = next(itertools.islice(itertools.permutations(runs), order % ORDERS, None))
    return {key: entries[key] for key in itertools.chain.from_iterable(permuted)}
