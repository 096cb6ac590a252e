"""The forms of the mail screen: an email to write, an email entered by hand, a mailbox password."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.errors import InputError
from planner.domain.fields import by_id
from planner.services.mail.mailbox import Account
from planner.tui.shared.form import Field, FormModal


@dataclass(frozen=True)
class DraftWanted:
    """The form's result: an email to write."""

    name: str
    subject: str
    proposal: bool


class DraftModal(FormModal[DraftWanted]):
    """Form for the recipient, the subject, and whether the email contains a proposal."""

    HEADING = "A letter for the next window"

    def __init__(self, points: tuple[str, ...], wanted: DraftWanted | None = None, problem: str = "") -> None:
        self.points = points
        there = wanted or DraftWanted("", "", proposal=False)
        super().__init__(
            [
                Field("name", "To", there.name, "a contact, or a name"),
                Field("subject", "Subject", there.subject, "what is in it"),
                Field(
                    "proposal", "A proposal", "yes" if there.proposal else "", "yes: once sent, a call follows it up"
                ),
            ],
            problem,
        )

    def on_mount(self) -> None:
        super().on_mount()
        if not self.problem:
            self.note(self.preview({}), wrong=False)

    def preview(self, values: dict[str, str]) -> str:
        return "\n".join(f"· {point}" for point in self.points)

    def read(self, values: dict[str, str]) -> DraftWanted:
        if not values["name"]:
            raise InputError("Whom is it for? It greets them by name.")
        if not values["subject"]:
            raise InputError("What is it about? A letter has a telling subject.")
        said = values["proposal"].lower()
        if said not in ("", "yes", "y", "no", "n"):
            raise InputError("Whether it carries a proposal: yes or no.")
        return DraftWanted(by_id(values["name"]), values["subject"], said in ("yes", "y"))


class EnterModal(FormModal[tuple[str, str]]):
    """Form for an email that isn't in any of planner's mailboxes."""

    HEADING = "A letter, by hand"

    def __init__(self, sender: str = "", subject: str = "", problem: str = "") -> None:
        fields = [Field("sender", "From", sender, "a name or an address"), Field("subject", "Subject", subject)]
        super().__init__(fields, problem)

    def read(self, values: dict[str, str]) -> tuple[str, str]:
        if not values["sender"]:
            raise InputError("Whom is the letter from?")
        return values["sender"], values["subject"]


class PasswordModal(FormModal[str]):
    """Form for a password, held in memory until the program ends and saved nowhere."""

    def __init__(self, account: Account, problem: str = "") -> None:
        self.HEADING = f"Password of {account.user}"
        super().__init__([Field("password", account.host, "", "kept until planner ends", secret=True)], problem)

    def read(self, values: dict[str, str]) -> str:
        if not values["password"]:
            raise InputError("Write the password, or leave with esc.")
        return values["password"]
