"""What each setting of a bench is called, what it means, and what it costs to go without."""

from __future__ import annotations

import json
from typing import Any

from station.words.catalogue import N_, Catalogue

GROUPS: dict[str, str] = {
    "bench": N_("Bench and rack"),
    "times": N_("Times"),
    "staff": N_("Staff and lock"),
    "emm": N_("Management service"),
    "hardware": N_("Camera, scanner, attached screen"),
    "codes": N_("What codes carry"),
    "mail": N_("Mail"),
    "twin": N_("Simulation"),
}
"""Titles of the groups, in the order in which they are shown."""

GROUP_OF: dict[str, str] = {
    "rack": "bench",
    "roles": "staff",
    "extras": "codes",
    "wifi_password_file": "codes",
    "secrets": "codes",
    "emm": "emm",
    "hardware": "hardware",
    "times": "times",
    "mail": "mail",
    "twin": "twin",
}
"""By the first part of a key; all others are the bench's own."""

SETTINGS: dict[str, tuple[str, str]] = {
    "bench": (N_("bench's name"), N_("It stands in every event of the record. Benches that share a queue need different ones.")),
    "state": (N_("state folder"), N_("Record, evidence pictures and keys lie here: keep a copy of it.")),
    "socket": (N_("service's socket"), N_("What terminals and commands connect to.")),
    "language": (
        N_("bench's language"),
        N_("For everybody who has chosen none, and for mails. The keyboard on the screen follows each person's own."),
    ),
    "rack.trays": (
        N_("trays of the rack"),
        N_("So many phones set themselves up at once. With 0 each stays on the stand until it is verified, and the next one waits."),
    ),
    "times.scan": (
        N_("time to scan"),
        N_("A phone stands before the code for so long without a scan; then the bench asks what happened."),
    ),
    "times.idle": (N_("time without a phone"), N_("No phone comes for so long: the code is taken down until one comes.")),
    "times.overdue": (
        N_("setup is overdue after"),
        N_("Scanned and not confirmed for so long: the unit is held, its phone may still finish. Not while phones are in the rack."),
    ),
    "times.renew_below": (N_("renew codes below"), N_("A code with less time left is made again before it is shown.")),
    "times.poll": (N_("asks for devices every"), N_("Shorter finds devices sooner, and asks the management service more often.")),
    "times.first_poll": (N_("asks first after"), N_("No phone is set up sooner after its scan, so nobody is asked before.")),
    "times.held_poll": (N_("asks for held ones every"), N_("While only held units wait for a device.")),
    "times.ahead": (N_("codes made ahead"), N_("So many users' codes are ready before their turn: the next one comes up at once.")),
    "roles.operator": (N_("groups of operators"), N_("Members of these groups of the machine are operators.")),
    "roles.lead": (N_("groups of leads"), N_("Members of these groups of the machine are leads.")),
    "roles.admin": (N_("groups of admins"), N_("Members of these groups of the machine are admins, as root always is.")),
    "roles.shared": (
        N_("shared accounts"),
        N_(
            "Accounts at which people sign in by PIN or badge, once somebody of the staff has one. Without, the record names accounts."
        ),
    ),
    "roles.lock_after": (N_("screen locks after"), N_("Without an order or a look for so long, the next person must sign in.")),
    "emm.kind": (N_("kind"), N_("amapi is Google's Android Management API, prepared are codes that a console exported.")),
    "emm.enterprise": (N_("enterprise"), N_("The enterprise (LC…) whose devices are managed.")),
    "emm.key": (N_("service account's key"), N_("The file that names the service account. Its content is never shown.")),
    "emm.endpoint": (N_("other address"), N_("Only for an emulator: a real bench needs none.")),
    "emm.minting": (N_("makes codes"), N_("Without it this bench makes no codes: it only follows devices.")),
    "emm.calls_per_minute": (
        N_("calls a minute"),
        N_("The bench asks no more often: Google's quota is shared by all benches of a project."),
    ),
    "emm.requests_per_second": (N_("requests a second"), N_("The bench asks no more often.")),
    "emm.timeout_seconds": (N_("waits for an answer"), N_("After so long a call counts as unanswered and is tried again.")),
    "emm.subscription": (
        N_("tells of devices by itself"),
        N_("A Pub/Sub subscription for this bench alone. Without one devices are found by asking, some seconds later."),
    ),
    "emm.confirm": (N_("what confirms devices"), N_("The console's list; or attestation: somebody's word too, which proves less.")),
    "emm.vault_key": (N_("key of the prepared codes"), N_("Without a file of its own one is made in the state folder.")),
    "emm.public_key": (N_("public key"), N_("TinyMDM's; only whether there is one is shown.")),
    "emm.secret_key": (N_("secret key"), N_("TinyMDM's; only whether there is one is shown.")),
    "emm.account": (N_("account's id"), N_("Only for a manager's pair of keys.")),
    "emm.zone": (N_("time zone"), N_("In which TinyMDM tells times.")),
    "emm.policies": (N_("policies"), N_("Names of policies here, and their ids at TinyMDM.")),
    "emm.enrollment_types": (N_("enrollment types"), N_("What TinyMDM calls a mode, and the mode that it is.")),
    "emm.group_codes": (
        N_("codes of groups"),
        N_("For users without an exported code a group is made at TinyMDM, with a code of its own."),
    ),
    "emm.code_query": (N_("fields of a code's request"), N_("Which fields go with it; their content is not shown.")),
    "emm.wpco_query": (N_("more fields for WPCO"), N_("Which fields go with it; their content is not shown.")),
    "hardware.camera": (N_("camera"), N_("It witnesses scans. Without one a person's word stands in, as each batch allows.")),
    "hardware.scanner": (N_("scanner"), N_("It reads box labels and keys on paper. Without one labels are typed.")),
    "hardware.display": (N_("attached screen's socket"), N_("The window with the code connects here. Without it no code is shown.")),
    "hardware.display_users": (N_("accounts of the window"), N_("Whose windows may show codes, besides the service's own.")),
    "hardware.screen_mm": (
        N_("long side of the screen"),
        N_("Only for advice on the size of modules; else the monitor's word is believed."),
    ),
    "hardware.distance_mm": (N_("screen to phone"), N_("Only for advice on the size of modules.")),
    "extras": (N_("extras of every code"), N_("Names of the provisioning extras, such as WIFI_SSID; what they say is not shown.")),
    "wifi_password_file": (
        N_("Wi-Fi password"),
        N_("The network's password for phones comes from a file; only whether there is one is shown."),
    ),
    "secrets": (N_("secrets of policies"), N_("Names that policies may use as secret:NAME; what they say is not shown.")),
    "mail": (
        N_("mail server"),
        N_("There is none: invitations cannot be mailed. Codes are shown at the bench, or given out as files."),
    ),
    "mail.host": (N_("mail server"), N_("Invitations go through it.")),
    "mail.port": (N_("port"), N_("Without one the usual port of the security is taken.")),
    "mail.security": (N_("security"), N_("none sends mails in clear: whoever listens can enroll a phone with the code.")),
    "mail.user": (N_("account"), N_("With which the bench signs in at the mail server.")),
    "mail.password_file": (N_("password"), N_("It comes from a file; only whether there is one is shown.")),
    "mail.from": (N_("sender"), N_("What users see as the sender.")),
    "mail.reply_to": (N_("answers go to"), N_("Without one they go to the sender.")),
    "mail.ca_file": (N_("trusted certificates"), N_("Without a file those of the system are trusted.")),
    "mail.timeout_seconds": (N_("waits for an answer"), N_("After so long the mail waits in the outbox and is tried again.")),
    "mail.lifetime_hours": (N_("mailed codes live for"), N_("Shorter is safer; who comes too late needs a fresh one.")),
    "terminal.folders": (N_("folders for lists"), N_("A new batch finds lists of users there, besides on sticks.")),
    "twin.folder": (N_("simulated world"), N_("This bench runs on its digital twin: everything is stamped simulated.")),
    "twin.seed": (N_("seed"), N_("The same seed gives the same run.")),
}
"""What each key is called, and what it means."""

SOURCES: dict[str, str] = {"default": N_("default"), "file": N_("file"), "changed": N_("changed here")}
UNITS: dict[str, str] = {
    "rack.trays": "",
    "times.ahead": "",
    "hardware.screen_mm": "mm",
    "hardware.distance_mm": "mm",
    "mail.lifetime_hours": "h",
    **dict.fromkeys(("roles.lock_after", "emm.timeout_seconds", "mail.timeout_seconds"), "s"),
    **dict.fromkeys((f"times.{name}" for name in ("scan", "idle", "overdue", "renew_below", "poll", "first_poll", "held_poll")), "s"),
}


def group_of(key: str) -> str:
    """The group in which a key is shown."""
    return GROUP_OF.get(key.partition(".")[0], "bench")


def said(t: Catalogue, key: str, value: Any, *, secret: bool = False) -> str:
    """A setting's value in words. What comes from outside stays as it is: whoever shows it makes it plain."""
    if secret:
        return t("set") if value else t("not set")
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if value is None or value == "" or value == [] or value == {}:
        return t("none")
    if isinstance(value, float | int):
        return f"{value:g} {UNITS.get(key, '')}".strip()
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} = {one}" for name, one in value.items())
    return value if isinstance(value, str) else json.dumps(value)
