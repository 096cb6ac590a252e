"""The screen of clients: the list of contacts with their next steps, and the full dossier of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain.clients.client_filter import EVERYONE, ClientFilter, parse_filter
from planner.domain.text import plural
from planner.services.calls.activity_log import do_not_call_error
from planner.services.clients.client_list import Clients, NamedFilter
from planner.services.context import AppContext
from planner.services.day.today_store import MOST_AT_ONCE, Today, TodayStore
from planner.tui import whom
from planner.tui.clients import changes, exporting
from planner.tui.clients.pages import ClientPage
from planner.tui.clients.widgets.clients import ClientLines
from planner.tui.clients.widgets.company import CompanyLines
from planner.tui.clients.widgets.contact import DossierLines
from planner.tui.messages import Unchanged
from planner.tui.progress import Work
from planner.tui.shared import asking, spans
from planner.tui.shared.screen import Places
from planner.tui.shared.widgets.frame import FooterItem, FooterKey

if TYPE_CHECKING:
    from planner.domain.clients.client_filter import ClientLine
    from planner.domain.clients.people import Contact
    from planner.services.clients.companies import Company
    from planner.services.clients.dossier import Dossier
    from planner.tui.clients.modals.clients import ComplaintWanted
    from planner.tui.clients.widgets.dossier import FileLines
    from planner.tui.shared.entity_form import Edited
    from planner.tui.shared.modals.pick import Pick
    from planner.tui.whom import Answer

FRAME = 4  # rows of the header, the message and the footer
LEAST_PREVIEW = 6  # rows of a dossier below the list
MOST_DUE = 8  # contacts
READING = (
    FooterKey("list", "leave"),
    "step",
    "promise",
    "edit",
    "company",
    FooterKey("scroll", "scroll(5)", "scroll(-5)"),
    "undo",
)
NOTHING = ("new", "app.show('import')", "app.show('deals')", "undo", "search")


class ClientsScreen(ClientPage[ClientLines]):
    """Screen of the client list beside the dossier of the contact under the cursor."""

    PAGE = "clients"
    CSS_PATH = "clients.tcss"
    LIST = ClientLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", "filter", id="client-filter", tooltip="Filter the list"),
        Binding("F", "keep_filter", "save filter", id="client-keep-filter", tooltip="Save this filter under a name"),
        Binding("s", "step", "next step", id="client-step", tooltip="Add a next step with this contact"),
        Binding("p", "promise", "promise", id="client-promise", tooltip="Promise this contact something"),
        Binding("n", "new", "new", id="client-new", tooltip="Add a contact"),
        Binding("e", "edit", "edit", id="client-edit", tooltip="Edit this contact"),
        Binding("C", "company", "company", id="client-company", tooltip="Switch between the contact and their company"),
        Binding("c", "complaint", "complaint", id="client-complaint", tooltip="Log a complaint from this contact"),
        Binding("N", "deal", "new deal", id="client-deal", tooltip="Add a deal with this contact"),
        Binding("r", "refer", "referral", id="client-refer", tooltip="Add a contact they referred"),
        Binding("d", "dial", "call", id="client-dial", tooltip="Send their number to your dialer"),
        Binding("y", "copy", "copy", id="client-copy", tooltip="Copy their number"),
        Binding("O", "do_not_call", "do not call", id="client-bar", tooltip="Mark as do not call, or clear the mark"),
        Binding("L", "list", "add to list", id="client-list", tooltip="Add them to the calling list"),
        Binding("x", "export", "vCard", id="client-export", tooltip="Export this contact as a vCard"),
        Binding("X", "export_shown", "export", id="client-export-shown", tooltip="Export all contacts shown"),
        Binding(
            "delete,backspace", "drop", "delete", id="client-drop", tooltip="Delete this contact. Your counts stay."
        ),
        Binding(
            "D", "app.show('duplicates')", "duplicates", id="client-duplicates", tooltip="Find and merge duplicates"
        ),
        Binding("I", "app.show('import')", "import", id="client-import", tooltip="Import from another program's file"),
        Binding("tab", "app.show('deals')", "deals", id="client-deals", tooltip="Go to the pipeline"),
        Binding("shift+tab", "app.show('care')", "promises", id="client-care", tooltip="Go to promises and complaints"),
        Binding("enter", "open", "details", id="client-open", tooltip="Open the dossier on a narrow screen"),
        Binding(
            "escape", "leave", "back", id="client-leave", tooltip="Go back: to the list, to all contacts, to Today"
        ),
    ]
    FOOTER = (
        "search",
        "filter",
        "step",
        "promise",
        "edit",
        "new",
        "app.show('deals')",
        "complaint",
        "dial",
        "deal",
        "company",
        "undo",
    )

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self.clients = Clients(ctx, live, MOST_AT_ONCE)
        self.filter = NamedFilter(EVERYONE, "", own=False)
        self.wanted = ClientFilter()
        self._choose: int | None = self.place("contact")
        self._dossier: Dossier | None = None
        self.export_work: Work | None = None

    def body(self) -> ComposeResult:
        with Container(id="clients-area"):
            yield ClientLines(id="clients")
            yield DossierLines(id="dossier")
            yield CompanyLines(id="company")

    def start(self) -> None:
        if self._choose is not None:
            self.add_class("-reading")
        super().start()  # right away, so that typed keys find a contact under the cursor

    def on_resize(self) -> None:
        self._share()
        self.show_keys()
        self.call_after_refresh(self._fill)

    # display

    @property
    def chosen(self) -> int | None:
        """The id of the contact under the cursor."""
        return self.lines.chosen

    def _meeting_with(self) -> int | None:
        return self.chosen

    def reload(self) -> None:
        def read() -> None:
            ids = self.clients.find(self.wanted)
            lines = self.lines
            words = "" if self.filter.name == EVERYONE and not self.filter.words else self._filter_words()
            lines.show(ids, words, self.ctx.now(), self.ctx.today())
            if self._choose is not None and self._choose in ids:
                lines.cursor = ids.index(self._choose)
            self._choose = None
            self.mark_empty(not ids)
            self._fill()
            self.read_dossier()

        if self.attempt(read):
            self._share()
        if spans.is_large(*self.app.size):
            self.call_after_refresh(self._read_due)

    def _read_due(self) -> None:
        """Read what only a large screen shows, below a list that leaves room for it, once that is there."""
        if self.lines.count() > self.lines.size.height - LEAST_PREVIEW:
            return

        def read() -> tuple[list[ClientLine], int]:
            with closing(TodayStore(self.ctx)) as live:
                clients = Clients(self.ctx, live)
                ids = clients.find(parse_filter("touch:due"))
                return clients.page(ids[:MOST_DUE]), len(ids)

        self.load_async(read, lambda found: self.lines.show_due(*found), "due")

    def _share(self) -> None:
        """Show the dossier below a short list if there is no room for it beside the list."""
        height = 2 + self.lines.count()
        preview = self.app.size.width < spans.WIDE and height + LEAST_PREVIEW <= self.app.size.height - FRAME
        self.set_class(preview, "-preview")
        self.lines.styles.height = height if preview else None

    def _filter_words(self) -> str:
        name, words = self.filter.name, self.filter.words
        return words if not name else f"{name}" if name == words or not words else f"{name} ({words})"

    def _fill(self) -> None:
        """Load the visible rows."""
        lines = self.lines
        if not lines.size.height:
            return  # not laid out yet, or hidden behind the dossier: a resize or closing the dossier fills it
        self.attempt(lambda: lines.learn(self.clients.page(lines.missing())))

    def concerned(self) -> int | None:
        return self.chosen

    def load_dossier(self, contact_id: int) -> None:
        super().load_dossier(contact_id)
        self._read_company()

    def show_dossier(self, dossier: Dossier | None) -> None:
        self._dossier = dossier
        self.query_one(DossierLines).show(dossier, self.ctx.now(), self.ctx.today())
        if dossier is None:
            self.query_one(CompanyLines).show(None, self.ctx.now(), self.ctx.today())

    def _read_company(self) -> None:
        """Load the company of the selected contact if the company view is open."""
        contact_id = self.chosen
        if contact_id is None or not self.has_class("-company"):
            return

        def read() -> Company:
            from planner.services.clients import companies

            return companies.of_contact(self.ctx, contact_id)

        def show(company: Company | None, nothing: str = "") -> None:
            if contact_id == self.chosen:
                self.query_one(CompanyLines).show(company, self.ctx.now(), self.ctx.today(), nothing)

        self.load_async(read, show, "company", lambda problem: show(None, problem))

    def footer_keys(self) -> Sequence[FooterItem]:
        if self.is_empty:
            return (*(("filter", FooterKey("all contacts", "leave")) if self.filter.words else ()), *NOTHING)
        if self.app.size.width >= 100:
            return self.FOOTER
        return READING if self.has_class("-reading") else ("open", *self.FOOTER)

    # selection

    def entry_chosen(self) -> None:
        self._fill()
        self.read_dossier()

    def open_entry(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Show the dossier alone if there is no room for it beside the list."""
        if self.app.size.width < 100 and self.chosen is not None:
            self.add_class("-reading")
            self.show_keys()

    def pane(self) -> FileLines:
        return self.query_one(CompanyLines) if self.has_class("-company") else self.query_one(DossierLines)

    def action_company(self) -> None:
        """Switch between the contact and their company."""
        self.toggle_class("-company")
        if self.has_class("-company"):
            self.action_open()
        self._read_company()

    def action_leave(self) -> None:
        """Go back one level: stop an export, or close the dossier, then the filter, then the screen."""
        if self.export_work is not None and not self.export_work.stopped:
            self.export_work.stop()  # whoever finishes the work reports whether the stop came in time
            self.say([(" · ", "dim"), ("Stopping …", "")], keep=True)
        elif self.has_class("-reading") and self.app.size.width < 100:
            self.remove_class("-reading")
            self.show_keys()
            self.call_after_refresh(self._fill)
        elif self.wanted != ClientFilter():
            self._take(NamedFilter(EVERYONE, "", own=False))
        else:
            self.planner.show("today")

    # filters

    def _take(self, named: NamedFilter) -> None:
        def take() -> None:
            self.wanted = parse_filter(named.words)
            self.filter = named

        if self.attempt(take):
            self.remove_class("-reading")
            self.show_keys()
            self.reload()

    def action_filter(self) -> None:
        """Choose a filter or type one."""
        from planner.tui.shared.modals.pick import Pick, PickModal

        known = self.clients.filters()

        def offer(text: str) -> tuple[Sequence[Pick], str]:
            wanted = text.strip()
            picks = [
                Pick([(each.name, "")], each.words or "everyone", each)
                for each in known
                if wanted.casefold() in each.name.casefold()
            ]
            if wanted:
                typed = parse_filter(wanted)
                mine = Pick(
                    [("filter  ", "dim"), (typed.words, "bold")], "as typed", NamedFilter("", typed.words, own=False)
                )
                picks.insert(0 if typed.wishes or not picks else len(picks), mine)
            return picks, "tag:expo city:Berlin tier:A step:none touch:due contract:90 -tag:old, or any words"

        def take(named: NamedFilter | None) -> None:
            if named is not None:
                self._take(named)

        hint = "a filter's name, or tag:expo city:Berlin step:none"
        self.app.push_screen(
            PickModal("Filter contacts", hint, offer, "" if self.filter.name else self.filter.words), take
        )

    def action_keep_filter(self) -> None:
        """Save the current filter under a name."""
        from planner.tui.shared.modals.line import LineModal

        if not self.filter.words:
            self.show_error("No filter is set. Press f to choose one first.")
            return

        def keep(name: str | None) -> None:
            if name is not None and self.attempt(lambda: self._kept(name)):
                self.show_info(f"Filter saved: {self.filter.name}")
                self.reload()

        self.app.push_screen(LineModal(f"Save filter: {self.filter.words}", "Name", self.filter.name), keep)

    def _kept(self, name: str) -> None:
        self.filter = self.clients.save(name, self.filter.words)

    # changes

    def _with_contact(self, step: Callable[[Contact], None]) -> None:
        """Run `step` with the current state of the selected contact."""
        contact_id = self.chosen
        if contact_id is None:
            self.show_error("No contact is selected.")
        elif self._dossier is not None and self._dossier.contact.id == contact_id:
            step(self._dossier.contact)
        else:  # the dossier isn't loaded yet and quick keys don't wait for it

            def read() -> Contact:
                from planner.services.clients import people

                return people.show(self.ctx, str(contact_id)).contact

            self.ask_first(read, step)

    def action_step(self) -> None:
        """Add a task for the selected contact in one line."""
        if self.chosen is not None:
            asking.ask_with_person(self)

    def person(self) -> tuple[int, str] | None:
        chosen = self.chosen
        row = self.lines.rows.get(chosen or 0)
        return None if chosen is None else (chosen, "" if row is None else row.name)

    def action_new(self) -> None:
        """Add a contact."""
        self._ask_contact(None)

    def action_refer(self) -> None:
        """Add a contact referred by the selected one."""
        self._with_contact(
            lambda who: self._ask_contact(None, {"referrer": f"{who.id}: {who.name}", "source": "referral"})
        )

    def action_edit(self) -> None:
        """Edit the selected contact."""
        self._with_contact(self._ask_contact)

    def _ask_contact(self, contact: Contact | None, typed: dict[str, str] | None = None, problem: str = "") -> None:
        from planner.tui.clients.modals.clients import ContactModal

        def put(wanted: Edited | None) -> None:
            if wanted is not None:
                whom.carry_out(
                    self,
                    lambda answer: self._put_contact(contact, wanted, answer),
                    lambda trouble: self._ask_contact_again(contact, wanted, trouble),
                )

        self.app.push_screen(ContactModal(self.ctx.now(), contact, typed, problem), put)

    def _put_contact(self, contact: Contact | None, wanted: Edited, answer: Answer) -> str:
        said, contact_id = changes.put_contact(self.ctx, contact, wanted, referrer=answer.who, force=answer.force)
        self._choose = contact_id  # moves the cursor to the new contact
        return said

    def _ask_contact_again(self, contact: Contact | None, wanted: Edited, problem: str) -> None:
        """Ask again with what was typed, against the current contact, or for a new one if they are gone."""

        def read() -> Contact | None:
            from planner.services.clients import people

            return None if contact is None else people.show(self.ctx, str(contact.id)).contact

        typed = wanted.typed if contact is None else wanted.changed
        self.ask_again(read, contact, lambda now: self._ask_contact(now, typed if now else wanted.typed, problem))

    def action_complaint(self) -> None:
        """Log a complaint from the selected contact."""
        self._with_contact(self._ask_complaint)

    def _ask_complaint(self, who: Contact, typed: dict[str, str] | None = None, problem: str = "") -> None:
        from planner.tui.clients.modals.clients import ComplaintModal

        def put(wanted: ComplaintWanted | None) -> None:
            if wanted is not None:
                self.run_change(
                    lambda: changes.complain(self.ctx, who.id, wanted),
                    lambda trouble: self._ask_complaint(who, wanted.typed, trouble),
                )

        self.app.push_screen(ComplaintModal(self.ctx.now(), who.name, typed, problem), put)

    def action_deal(self) -> None:
        """Add a deal with the selected contact."""
        self._with_contact(lambda who: self._ask_deal(f"{who.id}: {who.name}"))

    def _ask_deal(self, contact: str, typed: dict[str, str] | None = None, problem: str = "") -> None:
        from planner.tui.clients.modals.clients import DealModal

        def put(wanted: Edited | None) -> None:
            if wanted is not None:
                whom.carry_out(
                    self,
                    lambda answer: changes.put_deal(self.ctx, None, wanted, answer.who),
                    lambda trouble: self._ask_deal(contact, wanted.typed, trouble),
                )

        self.app.push_screen(DealModal(self.ctx.now(), None, contact, typed, problem), put)

    def action_list(self) -> None:
        """Put the selected contact on the calling list."""
        chosen = self.chosen
        if chosen is not None:
            whom.carry_out(self, lambda answer: changes.list_contact(self.ctx, chosen, force=answer.force))

    def action_drop(self) -> None:
        """Delete the selected contact after confirmation."""
        self._with_contact(self._ask_drop)

    def _ask_drop(self, who: Contact) -> None:
        from planner.tui.shared.modals.confirm import ConfirmModal

        def drop(yes: bool | None) -> None:
            if yes:
                self.run_change(partial(changes.drop_contact, self.ctx, who.id))

        about = "Your counts stay, without the name. Press u to undo."
        self.app.push_screen(ConfirmModal(f"Delete {who.name}?", about, "Delete"), drop)

    def action_dial(self) -> None:
        """Pass the selected contact's number to the dialler."""
        self._with_contact(self._dial)

    def _dial(self, who: Contact) -> None:
        if not who.number:
            self.show_error(f"{who.name} has no phone number yet. Press e to add one.")
        else:
            whom.carry_out(self, lambda answer: changes.dial(self.ctx, who, force=answer.force))

    def action_copy(self) -> None:
        """Copy the selected contact's number."""
        self._with_contact(self._copy)

    def _copy(self, who: Contact) -> None:
        if not who.number:
            self.show_error(f"{who.name} has no phone number yet. Press e to add one.")
        elif who.do_not_call:
            whom.confirm(self, do_not_call_error(who.name), lambda: self._copied(who))
        else:
            self._copied(who)

    def _copied(self, who: Contact) -> None:
        self.app.copy_to_clipboard(who.number)
        self.show_info(Unchanged(f"Copied: {who.number}"))

    def action_do_not_call(self) -> None:
        """Mark the selected contact as do-not-call, or undo that."""
        self._with_contact(lambda who: self.run_change(partial(changes.bar, self.ctx, who)))

    def action_export(self) -> None:
        """Export the selected contact to a vCard file."""
        self._with_contact(
            lambda who: exporting.ask_file(self, f"Export {who.name} as a vCard", "~", "contact", wanted=str(who.id))
        )

    def action_export_shown(self) -> None:
        """Export all contacts shown to a file whose extension sets the format."""
        ids = list(self.lines.ids)
        if ids:
            exporting.ask_file(
                self,
                f"Export {plural(len(ids), 'contact', 'contacts')}: keep the file safe",
                "~/contacts.csv",
                "contacts",
                ids=ids,
            )
        else:
            self.show_error("There are no contacts to export.")
