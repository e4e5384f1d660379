"""What is said of each thing that is looked at before a batch starts: what it is, and what to do."""

from __future__ import annotations

from station.words.catalogue import N_

CHECKS: dict[str, str] = {
    "quota": N_("The management service has room for {left} more devices; {needed} are needed. Buy licences, or take fewer users."),
    "service": N_("The management service cannot be used now: {why} No code can be made before it can."),
    "no_policy": N_("{users} users have no policy, the first of them {first}. Assign one: sixtap users assign --policy NAME USER"),
    "policy_unknown": N_("The management service has no policy {policy}. Give it one: sixtap policies push {policy}"),
    "policy_unfit": N_("Policy {policy} has options without effect as {mode}: {options}. See: sixtap policies check {policy}"),
    "lifetime": N_("The code lives for {lifetime} seconds; so many phones take {needed}. Let it live longer, or take fewer."),
    "google_account": N_("Policy {policy} asks for a Google account: each phone will want its user's address and password."),
    "wifi": N_("The Wi-Fi network of the codes does not serve: {why}. Name another network, or change the policy."),
    "extra_ignored": N_("An extra of the codes is ignored: {why}"),
    "clock": N_("This machine's clock is {seconds} seconds behind the management service's. Set it: the record needs the right time."),
    "disk": N_("{free_mb} MB are free on the disk of the record. Make room."),
    "no_codes": N_("{users} users have no prepared code, the first of them {first}. Import theirs: sixtap codes import PATH"),
    "permanent_mode": N_("Once a phone is enrolled as {mode}, only a factory reset changes that."),
}
