"""Base of the three pages of Clients: contacts, deals and promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic

from textual.binding import Binding, BindingType

from planner.tui.clients.widgets.pages import PagesHeader
from planner.tui.shared.list_screen import L, ListScreen

if TYPE_CHECKING:
    from planner.services.clients.dossier import Dossier
    from planner.tui.clients.widgets.dossier import FileLines
    from planner.tui.shared.widgets.frame import HeaderLine

REST = 0.08  # seconds that the cursor rests on an entry before the dossier of its contact is loaded

EMPTY_CLASS = "-empty"


class ClientPage(ListScreen[L], Generic[L]):
    """Base of a page with a list, and the dossier of the contact under its cursor beside it."""

    TAB = "clients"
    PAGE: ClassVar[str]
    """The name of its screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "scroll(5)", "scroll", id="client-scroll", tooltip="Scroll the dossier"),
        Binding("left_square_bracket", "scroll(-5)", "scroll back", id="client-scroll-back", show=False),
    ]

    def header(self) -> HeaderLine:
        return PagesHeader(self.PAGE, self.today, self.ctx.now(), id="header")

    def mark_empty(self, empty: bool) -> None:
        """Show the page as one with or without entries, whose footer has other keys."""
        self.set_class(empty, EMPTY_CLASS)
        self.show_keys()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose."""
        return self.has_class(EMPTY_CLASS)

    def pane(self) -> FileLines:
        """Return what is shown beside the list."""
        raise NotImplementedError

    def action_scroll(self, step: int) -> None:
        """Scroll what is shown beside the list."""
        self.pane().scroll(step)

    def concerned(self) -> int | None:
        """Return the id of the contact whose dossier is to be shown, None for none."""
        raise NotImplementedError

    def show_dossier(self, dossier: Dossier | None) -> None:
        """Show a dossier, or that there is none."""
        raise NotImplementedError

    def read_dossier(self) -> None:
        """Load the dossier once the cursor rests on a contact."""
        contact_id = self.concerned()
        if contact_id is None:
            self.show_dossier(None)
            return

        def start() -> None:
            if self.concerned() == contact_id and self.is_attached:
                self.load_dossier(contact_id)

        self.set_timer(REST, start)

    def load_dossier(self, contact_id: int) -> None:
        """Load the dossier of a contact, and show it if they are still the one concerned."""

        def read() -> Dossier:
            from planner.services.clients import people

            return people.show(self.ctx, str(contact_id))

        def show(dossier: Dossier) -> None:
            if self.concerned() == contact_id:
                self.show_dossier(dossier)
                self._tell_notices()

        self.load_async(read, show, "dossier")
