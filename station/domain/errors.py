"""The error tree, by who must act.

    SixtapError
    |- TryAgain               it may work later, nobody needs to do anything
    |  |- ServiceUnreachable     no answer from the management service
    |  |- QuotaExceeded          the service asks for fewer calls
    |  `- PartLost               a camera, screen or scanner went away; it is looked for
    |- AskOperator            a person at the bench must decide or correct something
    |  |- WrongUse               a command that cannot be done as given
    |  |- NotAllowed             the actor's role is too low
    |  |- NotFound               nothing has that name or id
    |  |- BadLabel               a scanned label that is no serial and no IMEI
    |  |- BadRoster              rows of a user file that cannot be imported
    |  `- MailServerRefused      login, certificate or sender of the mail server's section
    |- RefuseUnit             this unit cannot go on as it is
    |  |- BadPayload             provisioning extras that Android would refuse or misread
    |  |- MintUncertain          a token was asked for and the answer was lost
    |  |- TokenGone              the service no longer knows the token
    |  |- MailRefused            the mail server takes no mail for this recipient
    |  |- MailUncertain          a mail was handed over and the answer was lost
    |  `- UnknownTransition      the journey has no such step from here
    `- StopBench              going on would endanger the record
       |- LeaseLost              another bench holds this enrollment now
       |- LedgerFailed           the record cannot be written
       |- ServiceRefused         credentials, permissions or set-up of the management service
       `- ConfigurationError     the configuration cannot work

A message names the thing, the cause and the remedy, and never holds a secret.
"""


class SixtapError(Exception):
    """Root of all errors that sixtap raises on purpose. `remedy` says what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class TryAgain(SixtapError):
    """May work later; nobody needs to act."""


class ServiceUnreachable(TryAgain):
    """The management service did not answer, or answered with a fault of its own."""


class QuotaExceeded(TryAgain):
    """The management service asks for fewer calls."""


class PartLost(TryAgain):
    """A part of the bench went away; its driver looks for it."""


class AskOperator(SixtapError):
    """A person must decide or correct something."""


class WrongUse(AskOperator):
    """A command that cannot be done as given, or not now."""


class NotAllowed(AskOperator):
    """The actor's role is lower than the command needs."""


class SignInRefused(NotAllowed):
    """A wrong PIN or badge, or too many of them. `left`: tries before a pause; `wait`: seconds until the next one."""

    def __init__(self, message: str, remedy: str = "", *, left: int = 0, wait: int = 0) -> None:
        super().__init__(message, remedy)
        self.left = left
        self.wait = wait


class NotFound(AskOperator):
    """Nothing has that name or id."""


class BadLabel(AskOperator):
    """A scanned label that is neither a serial number nor an IMEI."""


class BadRoster(AskOperator):
    """Rows of a user file that cannot be imported; `problems` holds one entry for each."""

    def __init__(self, message: str, remedy: str = "", problems: tuple[object, ...] = ()) -> None:
        super().__init__(message, remedy)
        self.problems = problems


class MailServerRefused(AskOperator):
    """The mail server refuses this bench, not one mail: login, certificate, sender, or what it offers."""


class RefuseUnit(SixtapError):
    """This unit cannot go on as it is."""


class BadPayload(RefuseUnit):
    """Provisioning extras that Android would refuse or silently misread."""


class MintUncertain(RefuseUnit):
    """A token was asked for and the answer was lost; whether it exists cannot be known."""


class TokenGone(RefuseUnit):
    """The management service no longer knows this token: used, expired or deleted."""


class MailRefused(RefuseUnit):
    """The mail server takes no mail for this recipient, or not this mail. `code`: its answer, such as 550; 0 without one."""

    def __init__(self, message: str, remedy: str = "", code: int = 0) -> None:
        super().__init__(message, remedy)
        self.code = code


class MailUncertain(RefuseUnit):
    """A mail was handed over and the answer was lost; whether it goes out cannot be known."""


class UnknownTransition(RefuseUnit):
    """The journey has no such step from the state that the enrollment is in."""


class StopBench(SixtapError):
    """Going on would endanger the record."""


class LeaseLost(StopBench):
    """Another bench holds this enrollment, or the record changed under the writer."""


class LedgerFailed(StopBench):
    """The ledger cannot be read or written."""


class ServiceRefused(StopBench):
    """The management service refuses this bench: credentials, permissions, or set-up."""


class ConfigurationError(StopBench):
    """The configuration cannot work."""
