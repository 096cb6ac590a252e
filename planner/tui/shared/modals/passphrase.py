"""The form for a new passphrase, typed twice, which explains what it means."""

from __future__ import annotations

from planner.domain.errors import InputError
from planner.services.safety import encryption
from planner.tui.shared.form import Field, FormModal


class PassphraseModal(FormModal[str]):
    """Form for a new passphrase for a file. It isn't saved anywhere."""

    def __init__(self, file: str) -> None:
        self.HEADING = f"Passphrase for {file}"
        fields = [
            Field("passphrase", "Passphrase", "", f"at least {encryption.SHORTEST} characters", secret=True),
            Field("again", "Repeat it", "", "", secret=True),
        ]
        super().__init__(fields)

    def on_mount(self) -> None:
        super().on_mount()
        self.note(encryption.WARNING, wrong=False)

    def preview(self, values: dict[str, str]) -> str:
        return encryption.WARNING

    def read(self, values: dict[str, str]) -> str:
        encryption.check(values["passphrase"])
        if values["passphrase"] != values["again"]:
            raise InputError("The two passphrases don't match.")
        return values["passphrase"]
