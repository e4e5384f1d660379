"""What an invitation says, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from station.domain.policy import Mode
from station.outbox.address import isolated, safe_name
from station.ports import Letter
from station.words import N_, Catalogue

WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))
MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)
COMPANY_STEPS = (
    N_("Have the phone charged, and the name and password of a Wi-Fi network at hand."),
    N_("Open this mail on another screen, such as a computer's, so that the whole code can be seen, or print it."),
    N_("Switch the phone on. It must be new or reset to its factory settings, with Android {android} or later."),
    N_("On its first screen, tap six times in the same spot, away from buttons and text, until a camera opens."),
    N_("If nothing happens, tap in another spot, a little faster or slower. It may take several attempts."),
    N_("Point the camera at the code until the phone has read it. If it asks for a Wi-Fi network, choose yours."),
    N_("Follow what the phone says and accept the terms. It gets what it needs by itself."),
)
PROFILE_STEPS = (
    N_("Take the phone that you want to use for work. It needs Android {android} or later and the internet."),
    N_("Open this mail on that phone and follow the link, or point its camera at the code on another screen."),
    N_("Follow what the phone says and accept the terms. Work gets a place of its own; your apps and pictures stay yours."),
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """One invitation's text. `greeting` holds the name as plain text; `banner` is empty unless its code is a sample."""

    language: str
    subject: str
    banner: str
    greeting: str
    opening: str
    validity: str
    alternative: str
    attached: str
    steps: tuple[str, ...]
    trouble: str
    caution: str
    link: str = field(repr=False)


def sentences(letter: Letter, t: Catalogue, zone: tzinfo | None) -> Sentences:
    """Everything that is said in a letter. `zone`: of its expiry; None is the machine's own."""
    profile = letter.mode is Mode.WORK_PROFILE
    name = safe_name(letter.name)
    subject = t("Your code to set up work on your phone") if profile else t("Your code to set up your work phone")
    opening = (
        t("With this mail you set up your own phone for work. It takes about ten minutes.")
        if profile
        else t("With the code in this mail you set up your work phone yourself. It takes about ten minutes.")
    )
    return Sentences(
        language=t.language,
        subject=t("Preview: {subject}", subject=subject) if letter.sample else subject,
        banner=t("This is a preview. Its code sets up no phone.") if letter.sample else "",
        greeting=t("Hello {name},", name=isolated(name)) if name else t("Hello,"),
        opening=opening,
        validity=_validity(letter, t, zone),
        alternative=t("The enrollment code"),
        attached=t("The code is a picture. If you do not see it, open the attachment {file}.", file=FILE),
        steps=tuple(t(step, android=letter.minimum_android) for step in (PROFILE_STEPS if profile else COMPANY_STEPS)),
        trouble=t("If the phone says that the code is not valid, it was used already or is too old. Ask for a new one."),
        caution=t("Do not pass this mail on: whoever has the code can set up a phone in your name."),
        link=letter.link if profile else "",
    )


FILE = "enrollment-code.png"


def _validity(letter: Letter, t: Catalogue, zone: tzinfo | None) -> str:
    if letter.expires is None:
        return t("The code is for you alone.")
    return t("The code is for you alone, works once, and can be used until {moment}.", moment=moment(letter.expires, t, zone))


def moment(at: float, t: Catalogue, zone: tzinfo | None) -> str:
    """A time (seconds since the epoch) in words, with its distance from UTC: the reader may be elsewhere."""
    then = datetime.fromtimestamp(at).astimezone() if zone is None else datetime.fromtimestamp(at, zone)
    offset = then.strftime("%z")
    return t(
        "{weekday} {day} {month} {year}, {hour}:{minute} ({zone})",
        weekday=t(WEEKDAYS[then.weekday()]),
        day=then.day,
        month=t(MONTHS[then.month - 1]),
        year=then.year,
        hour=f"{then.hour:02}",
        minute=f"{then.minute:02}",
        zone=f"UTC{offset[:3]}:{offset[3:]}",
    )
