"""What is said of policies: what a management mode makes of an option and why, and what is wrong with a document."""

from __future__ import annotations

from collections.abc import Mapping

from station.words.catalogue import N_, Catalogue

SUPPORTS: dict[str, str] = {
    "yes": N_("works"),
    "profile": N_("work profile only"),
    "partial": N_("partly"),
    "no": N_("no effect"),
    "invalid": N_("invalid"),
    "unknown": N_("not known"),
}

# Glyphs of the console's own fonts (code page 437): a whole, a half, a shade, a dot.
_ICONS = {"yes": "■", "profile": "▌", "partial": "░", "no": "·", "invalid": "!", "unknown": "?"}
_ASCII_ICONS = _ICONS | {"yes": "#", "profile": "w", "partial": "~", "no": "-"}

REASONS: dict[str, str] = {
    # why a mode does not take an option as it is
    "profile_only": N_("It acts inside the work profile; the personal side stays as it is."),
    "no_effect": N_("It has no effect in any mode."),
    "not_offered": N_("Google does not offer it to everybody; without Google's permission it has no effect."),
    "replaced": N_("It has no effect any more. Use {instead}."),
    "use": N_("It has no effect here. Use {instead}."),
    "fully_managed_only": N_("Only fully managed devices obey it, dedicated ones among them."),
    "dedicated_only": N_("Only dedicated devices obey it."),
    "company_owned_only": N_("Only devices that belong to the company obey it."),
    "work_profile_only": N_("It is about the border between a work profile and a personal one; this mode has none."),
    "wpco_only": N_("It is about the personal side of a company's device; only that mode has one."),
    "needs_user": N_("It is about the user's account; a dedicated device has no user."),
    "already_so": N_("It is ignored: nobody can add or remove users in this mode anyway."),
    "nested": N_("It depends on the options inside it; it holds none that is known."),
    "no_personal_side": N_("There is no personal side here that could be left out, so that its values mean the same."),
    "location_by_user": N_("From Android 11 on the user has to switch location on or off; until then the device is not compliant."),
    "escape_hatch": N_("It is meant for devices that their user cannot get out of; here it seldom comes up."),
    "profile_events": N_("Only what happens in the work profile is logged."),
    "memory_tagging": N_("It can be switched on for good, but not off: that needs a fully managed device."),
    "private_dns": N_("It can be left to the user or to the network; a server of your own needs a fully managed device."),
    "camera_access": N_("Only the work profile's cameras can be switched off, and access cannot be enforced."),
    "keyguard_features": N_("A work profile can switch off trust agents, biometrics and unhidden notifications only."),
    "delegated_scopes": N_("Not every scope is given here: security logs need a company's device, with a work profile Android 12."),
    "install_types": N_("Apps are installed in the work profile; CUSTOM and KIOSK need a fully managed device."),
    "kiosk_role": N_("The KIOSK role needs a fully managed device."),
    "sensor_permissions": N_(
        "It acts inside the work profile, and from Android 12 on it cannot grant location, camera, microphone, sensors or SMS."
    ),
    "enterprise_apn": N_("A work profile takes APNs of the type ENTERPRISE only."),
    "default_apps": N_("Only kinds of app and scopes that this mode has: assistant and home screen need a fully managed device."),
    "profile_networks": N_("A personal device may refuse networks and certificates that reach beyond the work profile."),
    "managed_esims": N_("Only eSIMs that the management service added are removed."),
    "safe_boot_stays": N_("The user can still start a personal device in safe mode."),
    "weaker_password": N_("For the lock of a personal device, Android 12 and newer ask for low complexity only."),
    "less_reported": N_("A personal device reports less of it: no IMEI and nothing of its telephone service."),
    "value_without_effect": N_("{value} has no effect in this mode."),
    "android_too_old": N_("It needs Android {least}; {android} ignores it."),
    "not_in_catalogue": N_("The catalogue does not know this option, and cannot say what a mode makes of it."),
    # what is wrong with a document
    "unknown_field": N_("There is no such field."),
    "unknown_field_near": N_("There is no such field. Did you mean {near}?"),
    "wrong_type": N_("This must be {expected}, and is {got}."),
    "bad_value": N_("{value} is none of its values."),
    "bad_value_near": N_("{value} is none of its values. Did you mean {near}?"),
    "bad_format": N_("This must be {expected}."),
}

KINDS: dict[str, str] = {
    "text": N_("a text"),
    "flag": N_("true or false"),
    "number": N_("a number"),
    "int32": N_("a whole number of 32 bits"),
    "int64": N_("a whole number of 64 bits"),
    "base64": N_("Base64"),
    "duration": N_("a duration in seconds such as 900s"),
    "list": N_("a list"),
    "object": N_("an object"),
    "value": N_("a value"),
    "null": N_("null"),
}


def sentence(t: Catalogue, reason: str, args: Mapping[str, object]) -> str:
    """The sentence of a finding's or a matrix cell's reason, in the catalogue's language; an id without one is said as it is."""
    ident = f"{reason}_near" if args.get("near") else reason
    said = {name: t(KINDS[str(value)]) if name in ("expected", "got") and value in KINDS else value for name, value in args.items()}
    return t(REASONS[ident], **said) if ident in REASONS else reason


def icon(support: str, *, ascii_only: bool = False) -> str:
    """One character for what a mode makes of an option; all of them are in the console's own fonts, or plain ASCII."""
    return (_ASCII_ICONS if ascii_only else _ICONS)[support]
