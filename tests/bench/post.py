"""A mail server as the bench's mailer knows it: it takes letters, delivers them, and answers as it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from station.domain.errors import MailRefused, MailServerRefused, MailUncertain, PartLost, TryAgain
from station.ports import Letter

Answer = Literal["gone", "login", "nobody", "later", "spam", "full", "lost", "delivered and lost"]
SECONDS = 0.1  # of each word said


class Post:
    """`answers`: to the next letters, one each; without one a letter is delivered. `delivered`: what reached its user."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.delivered: list[Letter] = []
        self.tries: list[str] = []

    async def send(self, letter: Letter, handing_over: Callable[[], Awaitable[None]]) -> None:
        self.tries.append(letter.id)
        answer = self.answers.pop(0) if self.answers else None
        await asyncio.sleep(SECONDS)
        match answer:
            case "gone":
                raise PartLost("The mail server does not answer.", "Check the network.")
            case "login":
                raise MailServerRefused(
                    "The mail server refuses the login (SMTP code 535).", "Check user and password_file of [mail]."
                )
            case "nobody":
                raise MailRefused("The mail server refuses the recipient (SMTP code 550).", "Correct the address.", 550)
            case "later":
                raise TryAgain("The mail server does not take this mail now (SMTP code 450).", "It is tried again.")
        await handing_over()
        await asyncio.sleep(SECONDS)
        match answer:
            case "spam":
                raise MailRefused("The mail server refuses this mail (SMTP code 554).", "Show the code here.", 554)
            case "full":
                raise TryAgain("The mail server does not take this mail now (SMTP code 452).", "It is tried again.")
        if answer != "lost":
            self.delivered.append(letter)
        await asyncio.sleep(SECONDS)
        if answer is not None:
            raise MailUncertain("Whether the mail goes out cannot be known.", "Ask the user.")

    def written(self, letter: Letter) -> bytes:
        return f"To: {letter.to}\r\n\r\n{letter.name}\r\n".encode()
