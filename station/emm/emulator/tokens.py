"""Enrollment tokens: minted here, redeemed by phones.

Source: Android Management API reference, enterprises.enrollmentTokens. What a mint takes is checked against the discovery
document before; here stand the rules that a schema cannot say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .errors import ApiError, Violation, invalid, not_found
from .seeded import Seeded
from .wellknown import LAST_TIMESTAMP, format_duration, format_timestamp, parse_duration

DEFAULT_LIFETIME = timedelta(hours=1)
SHORTEST_LIFETIME = timedelta(minutes=1)
SHORT_VALUE_UP_TO = timedelta(days=90)  # a longer lifetime gives a value of 24 characters instead of 20
LONGEST_DATA = 1024  # characters
COMPONENT = "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver"
CHECKSUM = "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg"
DOWNLOAD = "https://play.google.com/managed/downloadManagingApp?identifier=setup"
TOKEN_EXTRA = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105 (the name of an extra)
_PROVISIONING = "android.app.extra.PROVISIONING_"


@dataclass(slots=True)
class EnrollmentToken:
    """One token. `settings` is what the caller asked for, defaults filled in; `used` counts devices; `value` is secret."""

    number: int
    name: str
    value: str = field(repr=False)
    expires: datetime
    settings: Mapping[str, Any]
    used: int = 0
    revoked: bool = False

    @property
    def personal_usage(self) -> str:
        usage: str = self.settings["allowPersonalUsage"]
        return usage

    @property
    def policy_name(self) -> str:
        name: str = self.settings["policyName"]
        return name

    @property
    def spent(self) -> bool:
        """A one-time token that a device has used."""
        return bool(self.settings.get("oneTimeOnly")) and self.used > 0

    def active(self, now: datetime) -> bool:
        return not self.revoked and not self.spent and now < self.expires

    def partial(self) -> dict[str, Any]:
        """What get and list show: name, expirationTimestamp, allowPersonalUsage, value, qrCode."""
        return {
            "name": self.name,
            "expirationTimestamp": format_timestamp(self.expires),
            "allowPersonalUsage": self.personal_usage,
            "value": self.value,
            "qrCode": self._qr_code(),
        }

    def resource(self) -> dict[str, Any]:
        """What create returns: the whole EnrollmentToken."""
        return {**self.partial(), **self.settings}

    def _qr_code(self) -> str:
        """The JSON text that becomes the QR symbol, as Android Device Policy is provisioned with it."""
        bundle = {
            f"{_PROVISIONING}DEVICE_ADMIN_COMPONENT_NAME": COMPONENT,
            f"{_PROVISIONING}DEVICE_ADMIN_SIGNATURE_CHECKSUM": CHECKSUM,
            f"{_PROVISIONING}DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": DOWNLOAD,
            f"{_PROVISIONING}ADMIN_EXTRAS_BUNDLE": {TOKEN_EXTRA: self.value},
        }
        return json.dumps(bundle, separators=(",", ":"))


class Tokens:
    """Every token ever minted. Spent, expired and revoked ones stay known, so that a phone can be told which it was."""

    def __init__(self, enterprise: str, seeded: Seeded) -> None:
        self._enterprise = enterprise
        self._seeded = seeded
        self._by_name: dict[str, EnrollmentToken] = {}
        self._by_value: dict[str, EnrollmentToken] = {}

    def __len__(self) -> int:
        return len(self._by_name)

    def create(self, body: Mapping[str, Any], now: datetime) -> EnrollmentToken:
        """Mint a token. `body` has passed the schema. Raises 400 for what the reference forbids."""
        lifetime = parse_duration(body["duration"]) if "duration" in body else DEFAULT_LIFETIME
        policy, violations = self._policy_name(body.get("policyName", ""))
        violations += _forbidden(body, lifetime)
        if violations:
            raise invalid(*violations)
        number = len(self._by_name)
        taken = ("additionalData", "allowPersonalUsage", "oneTimeOnly", "googleAuthenticationOptions")
        settings = {key: body[key] for key in taken if body.get(key)}
        settings |= {"policyName": policy, "duration": format_duration(lifetime)}
        token = EnrollmentToken(
            number=number,
            name=f"{self._enterprise}/enrollmentTokens/{self._seeded.letters(22, 'token name', number)}",
            value=self._seeded.letters(20 if lifetime <= SHORT_VALUE_UP_TO else 24, "token value", number),
            expires=now + lifetime if lifetime < LAST_TIMESTAMP - now else LAST_TIMESTAMP,
            settings=settings,
        )
        self._by_name[token.name] = self._by_value[token.value] = token
        return token

    def get(self, name: str, now: datetime) -> EnrollmentToken:
        """An active token. Raises 404 for any other."""
        token = self._by_name.get(name)
        if token is None or not token.active(now):
            raise not_found()
        return token

    def active(self, now: datetime) -> Sequence[EnrollmentToken]:
        return [token for token in self._by_name.values() if token.active(now)]

    def delete(self, name: str, now: datetime) -> None:
        """Invalidate an active token; devices that used it stay enrolled. Raises 404 for any other."""
        self.get(name, now).revoked = True

    def redeemable(self, value: str, now: datetime) -> EnrollmentToken:
        """The token that a phone presents. Raises 404 unknown or deleted, 409 used up, 400 expired."""
        token = self._by_value.get(value)
        if token is None or token.revoked:
            raise ApiError(404, "The enrollment token is unknown or was deleted.")
        if token.spent:
            raise ApiError(409, "The enrollment token was for one device, and is used.", status="ALREADY_EXISTS")
        if not token.active(now):
            raise ApiError(400, "The enrollment token has expired.", status="FAILED_PRECONDITION")
        return token

    def _policy_name(self, given: str) -> tuple[str, list[Violation]]:
        """The policy's full name: given whole, as a bare id, or not at all (`policies/default`)."""
        own = f"{self._enterprise}/policies/"
        if re.fullmatch(re.escape(own) + "[^/]+", given):
            return given, []
        if "/" not in given:
            return own + (given or "default"), []
        text = f"Invalid policy name '{given}': expected {own}POLICY_ID, or POLICY_ID alone."
        return "", [Violation("enrollment_token.policy_name", text)]


def _forbidden(body: Mapping[str, Any], lifetime: timedelta) -> list[Violation]:
    wrong: list[Violation] = []
    if lifetime < SHORTEST_LIFETIME:
        wrong.append(Violation("enrollment_token.duration", "Duration must be at least 60 seconds."))
    if len(body.get("additionalData", "")) > LONGEST_DATA:
        text = f"Additional data must be {LONGEST_DATA} characters or less."
        wrong.append(Violation("enrollment_token.additional_data", text))
    if body.get("allowPersonalUsage", "ALLOW_PERSONAL_USAGE_UNSPECIFIED") == "ALLOW_PERSONAL_USAGE_UNSPECIFIED":
        # Google takes such a token, but nothing says what a device that uses it becomes: the stand-in refuses to guess.
        text = "allow_personal_usage must be given: what an unspecified value enrolls is not defined."
        wrong.append(Violation("enrollment_token.allow_personal_usage", text))
    options = body.get("googleAuthenticationOptions", {})
    if options.get("requiredAccountEmail") and options.get("authenticationRequirement") != "REQUIRED":
        text = "required_account_email can only be set if authentication_requirement is REQUIRED."
        wrong.append(Violation("enrollment_token.google_authentication_options.required_account_email", text))
    return wrong
