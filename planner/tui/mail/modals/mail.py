"""The forms of the mail screen: an email to write, an email entered by hand, a mailbox password."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.errors import InputError
from planner.domain.fields import YES, by_id
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

    HEADING = "Queue an email for the next window"
    REQUIRED = ("name", "subject")

    def __init__(self, points: tuple[str, ...], wanted: DraftWanted | None = None, problem: str = "") -> None:
        self.points = points
        there = wanted or DraftWanted("", "", proposal=False)
        super().__init__(
            [
                Field("name", "To", there.name, "a contact or a name", completes="contact"),
                Field("subject", "Subject", there.subject, "what it's about"),
                Field(
                    "proposal",
                    "Proposal",
                    "yes" if there.proposal else "",
                    "adds a follow-up call when sent",
                    choices=YES.choices,
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
            raise InputError("Enter who it's for.").at("name")
        if not values["subject"]:
            raise InputError("Enter a subject that says what it's about.").at("subject")
        said = values["proposal"].lower()
        if said not in ("", "yes", "y", "no", "n"):
            raise InputError("Proposal: enter yes or no.").at("proposal")
        return DraftWanted(by_id(values["name"]), values["subject"], said in ("yes", "y"))


class EnterModal(FormModal[tuple[str, str]]):
    """Form for an email that isn't in any of planner's mailboxes."""

    HEADING = "Add an email"
    REQUIRED = ("sender",)

    def __init__(self, sender: str = "", subject: str = "", problem: str = "") -> None:
        fields = [Field("sender", "From", sender, "a name or an address"), Field("subject", "Subject", subject)]
        super().__init__(fields, problem)

    def read(self, values: dict[str, str]) -> tuple[str, str]:
        if not values["sender"]:
            raise InputError("Enter who it's from.").at("sender")
        return values["sender"], values["subject"]


class PasswordModal(FormModal[str]):
    """Form for a password, held in memory until the program ends and saved nowhere."""

    def __init__(self, account: Account, problem: str = "") -> None:
        self.HEADING = f"Password for {account.user}"
        super().__init__([Field("password", account.host, "", "remembered until you quit", secret=True)], problem)

    def read(self, values: dict[str, str]) -> str:
        if not values["password"]:
            raise InputError("Enter the password, or press esc to cancel.")
        return values["password"]
