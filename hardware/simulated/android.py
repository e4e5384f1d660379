"""What Android does with the text of a provisioning QR code: accept it, ignore parts of it, or refuse it.

Rules from AOSP's ManagedProvisioning (ExtrasProvisioningDataParser, ProvisioningParams, PackageDownloadInfo, WifiInfo,
AddWifiNetworkTask; Android 12L and 14) and, for the token's place, from the payloads that the Android Management API makes. Another
management service brings an agent of its own, which looks for its token elsewhere: AGENTS.
An extra of the wrong type is not an error there: `Bundle.getInt` and its like warn and answer their default, so the extra
is lost silently. Such losses are listed in `Provisioning.ignored`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

PREFIX: Final = "android.app.extra.PROVISIONING_"
AGENTS: Final[Mapping[str, str]] = {
    "com.google.android.apps.work.clouddpc": "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN",
    "invalid.tinymdm.standin": "enrollmentId",
}
"""A management agent's package -> the key of the token in its extras. The second is the agent of the stand-in for TinyMDM."""

_TYPES: Final[Mapping[str, type]] = {
    "ADMIN_EXTRAS_BUNDLE": dict,
    "DEVICE_ADMIN_COMPONENT_NAME": str,
    "DEVICE_ADMIN_MINIMUM_VERSION_CODE": int,
    "DEVICE_ADMIN_PACKAGE_CHECKSUM": str,
    "DEVICE_ADMIN_PACKAGE_DOWNLOAD_COOKIE_HEADER": str,
    "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": str,
    "DEVICE_ADMIN_PACKAGE_NAME": str,
    "DEVICE_ADMIN_SIGNATURE_CHECKSUM": str,
    "WIFI_SSID": str,
    "WIFI_SECURITY_TYPE": str,
    "WIFI_PASSWORD": str,
    "WIFI_HIDDEN": bool,
    "WIFI_PROXY_HOST": str,
    "WIFI_PROXY_PORT": int,
    "WIFI_PROXY_BYPASS": str,
    "WIFI_PAC_URL": str,
    "WIFI_EAP_METHOD": str,
    "WIFI_PHASE2_AUTH": str,
    "WIFI_IDENTITY": str,
    "WIFI_ANONYMOUS_IDENTITY": str,
    "WIFI_DOMAIN": str,
    "WIFI_CA_CERTIFICATE": str,
    "WIFI_USER_CERTIFICATE": str,
    "LOCALE": str,
    "LOCAL_TIME": int,
    "TIME_ZONE": str,
    "LEAVE_ALL_SYSTEM_APPS_ENABLED": bool,
    "SENSORS_PERMISSION_GRANT_OPT_OUT": bool,
    "ALLOW_OFFLINE": bool,
    "USE_MOBILE_DATA": bool,
    "SKIP_ENCRYPTION": bool,
    "SKIP_EDUCATION_SCREENS": bool,
    "SKIP_USER_CONSENT": bool,
    "LOGO_URI": str,
    "MAIN_COLOR": int,
}
_LANGUAGE_TAG: Final = re.compile(r"[a-z]{2,8}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z\d]{5,8}|\d[a-z\d]{3}))*", re.I | re.A)


class Refused(Exception):
    """The phone shows that it cannot be set up. Says which extra and why, never its value."""


@dataclass(frozen=True, slots=True)
class Wifi:
    """The network that the code names. `security` is what Android makes of it: NONE, WPA, WEP or EAP."""

    ssid: str
    security: str
    password: str = field(default="", repr=False)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Provisioning:
    """What the phone goes on with. `wifi` is None where mobile data is used. `ignored` names extras that had no effect."""

    token: str = field(repr=False)
    wifi: Wifi | None
    locale: str | None
    ignored: tuple[str, ...]


def check(text: str) -> Provisioning:
    """Reads the text of a provisioning code as a phone in its setup wizard does. Raises Refused."""
    given = _parse(text)
    extras, ignored = _sorted_out(given)
    _check_admin(extras)
    locale = extras.get("LOCALE")
    if locale is not None and not _LANGUAGE_TAG.fullmatch(locale.replace("_", "-")):
        raise Refused("LOCALE is not a language tag such as en_US")
    wifi = _wifi(extras)
    if wifi is not None and "USE_MOBILE_DATA" in extras:
        ignored.append("USE_MOBILE_DATA")
    ignored += [name for name in ("SKIP_EDUCATION_SCREENS", "LOGO_URI", "MAIN_COLOR") if name in extras]
    return Provisioning(_token(extras), wifi, locale, tuple(ignored))


def can_join(wifi: Wifi, air: Mapping[str, str] | None = None) -> bool:
    """Whether a phone gets onto this network with what the code told it.

    air: the networks in reach, name -> passphrase ("" for an open one). Without it a network of that name is taken to be in
    reach, and protected if the code brings a password: such a network is never joined as an open one.
    """
    if not wifi.complete or len(wifi.ssid.encode()) > 32:
        return False
    if air is not None and wifi.ssid not in air:
        return False
    passphrase = air[wifi.ssid] if air is not None else wifi.password
    if wifi.security == "NONE":
        return not passphrase
    if wifi.security == "WPA":
        return passphrase == wifi.password and 8 <= len(wifi.password) <= 63
    return passphrase == wifi.password


def _parse(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except ValueError:
        raise Refused("the code is not JSON") from None
    if not isinstance(given, dict):
        raise Refused("the code is not a JSON object")
    return given


def _sorted_out(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The extras that Android knows, by their short names, and what it passes over: unknown names, wrong types."""
    extras: dict[str, Any] = {}
    ignored: list[str] = []
    for key, value in given.items():
        name = key.removeprefix(PREFIX)
        wanted = _TYPES.get(name) if name != key else None
        if wanted is None or type(value) is not wanted:
            ignored.append(name)
        else:
            extras[name] = value
    return extras, ignored


def _check_admin(extras: Mapping[str, Any]) -> None:
    component = extras.get("DEVICE_ADMIN_COMPONENT_NAME", "")
    package, slash, name = component.partition("/")
    if not (package and slash and name):
        raise Refused("DEVICE_ADMIN_COMPONENT_NAME is missing or names no component")
    if not extras.get("DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION", "").startswith("https://"):
        raise Refused("DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION is missing or is no https address")
    checksums = [
        extras[f"DEVICE_ADMIN_{kind}_CHECKSUM"] for kind in ("SIGNATURE", "PACKAGE") if f"DEVICE_ADMIN_{kind}_CHECKSUM" in extras
    ]
    if not checksums:
        raise Refused("DEVICE_ADMIN_SIGNATURE_CHECKSUM is missing")
    if not all(_is_sha256(checksum) for checksum in checksums):
        raise Refused("a DEVICE_ADMIN checksum is no SHA-256 in URL-safe base64")


def _is_sha256(checksum: str) -> bool:
    try:
        raw = base64.b64decode(checksum + "=" * (-len(checksum) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == 32 and not set(checksum) & set("+/")


def _wifi(extras: Mapping[str, Any]) -> Wifi | None:
    ssid = extras.get("WIFI_SSID")
    if ssid is None:
        return None
    if not ssid:
        raise Refused("WIFI_SSID is empty")
    security = extras.get("WIFI_SECURITY_TYPE", "NONE")
    if security not in ("NONE", "WPA", "WEP", "EAP"):
        security = "NONE"
    complete = not ("WIFI_PROXY_HOST" in extras and extras.get("WIFI_PROXY_PORT", 0) <= 0)
    if security == "EAP" and not extras.get("WIFI_EAP_METHOD"):
        complete = False
    return Wifi(ssid, security, extras.get("WIFI_PASSWORD", ""), complete)


def _token(extras: Mapping[str, Any]) -> str:
    """The agent's own extra: Android hands the bundle through, the agent finds no token and gives up."""
    agent = extras["DEVICE_ADMIN_COMPONENT_NAME"].partition("/")[0]
    if agent not in AGENTS:
        raise Refused("DEVICE_ADMIN_COMPONENT_NAME names an agent whose package cannot be installed")
    token = extras.get("ADMIN_EXTRAS_BUNDLE", {}).get(AGENTS[agent])
    if not isinstance(token, str) or not token:
        raise Refused("ADMIN_EXTRAS_BUNDLE holds no enrollment token for the management agent")
    return token
