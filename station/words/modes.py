"""What the management modes are called, and what each asks of a phone before it is enrolled."""

from __future__ import annotations

from station.words.catalogue import N_

MODES: dict[str, str] = {
    "fully_managed": N_("fully managed"),
    "dedicated": N_("dedicated"),
    "wpco": N_("WPCO"),
    "work_profile": N_("work profile"),
}

MODE_MEANS: dict[str, str] = {
    "fully_managed": N_("The company owns the phone and manages all of it."),
    "dedicated": N_("The company owns the phone; it serves one purpose and belongs to no user."),
    "wpco": N_("The company owns the phone; work and personal use are kept apart."),
    "work_profile": N_("The user owns the phone; only its work profile is managed."),
}

_OWNED = (
    N_("New phone, or reset to factory settings"),
    N_("A camera that works"),
    N_("Its user has a policy"),
    N_("Only a factory reset changes this mode later"),
)

PREREQUISITES: dict[str, tuple[str, ...]] = {
    "fully_managed": _OWNED,
    "dedicated": _OWNED,
    "wpco": _OWNED,
    "work_profile": (
        N_("The user's own phone, set up and charged"),
        N_("A Google Play store that works"),
        N_("Its user has a policy"),
    ),
}
"""Besides the least Android version, which a batch may raise."""

ANDROID = N_("Android {version} or later")
