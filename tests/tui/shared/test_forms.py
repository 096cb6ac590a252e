"""Forms: each kind of field by keyboard, how a text is understood, completion, and problems at their field."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color
from textual.pilot import Pilot

from planner.services.clients import complaints, deals, people
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.tui.clients.modals.clients import ContactModal
from planner.tui.shared.form import FormModal
from planner.tui.shared.modals.path import FileModal, PathModal
from planner.tui.shared.widgets.fields import FieldInput, FieldRow
from planner.tui.shared.widgets.suggestions import Suggestions
from planner.tui.theme import THEMES
from tests.scenes import clients_typical
from tests.tui.helpers import noted, press, running, says, settled, shown, text, wait_for
from tests.tui.test_theme import contrast

KIM = "Kim Minsu 김민수"


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    return clients_typical(tmp_path)


def field(pilot: Pilot[None], name: str) -> FieldInput:
    return pilot.app.screen.query_one(f"#field-{name}", FieldInput)


def at(pilot: Pilot[None]) -> str:
    """The name of the field with the cursor."""
    return str(pilot.app.focused and pilot.app.focused.id).removeprefix("field-")


def offered(pilot: Pilot[None]) -> list[str]:
    found = pilot.app.screen.query_one(Suggestions)
    return [each.shown for each in found.offers] if found.display else []


async def new_contact(pilot: Pilot[None], go_to: str) -> None:
    """Open the form for a new contact, with the cursor in a field."""
    await press(pilot, "6", "n", *text("Park"))
    await enter(pilot, go_to)


async def enter(pilot: Pilot[None], name: str) -> None:
    """Put the cursor into a field, without a key for each one before it."""
    field(pilot, name).focus()
    await settled(pilot)
    assert at(pilot) == name


async def test_choice_by_keyboard(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await new_contact(pilot, "need")
        for keys, value in (
            (["f"], "found"),
            (text("chosen"), "chosen"),
            (["F", "O"], "found"),
            (["right"], "unknown"),
            (["space", "space"], "found"),
            (["left"], "chosen"),
            (["c", "u"], "unknown"),
            (["f", "backspace"], ""),
            (["f", "o", "backspace"], "found"),
            (["f", "delete"], ""),
            (["end", "home"], ""),
            (["а"], "found"),  # the key of f under ЙЦУКЕН
            (["ㄹ"], "found"),
        ):
            await enter(pilot, "role")  # each starts as if the cursor had just come into an empty field
            field(pilot, "need").value = ""
            await enter(pilot, "need")
            await press(pilot, *keys)
            assert field(pilot, "need").value == value, keys


@pytest.mark.parametrize(("keys", "value"), [(["c", "u"], "unknown"), (["f", "backspace"], None)])
async def test_choice_is_saved_as_shown(ctx: AppContext, keys: list[str], value: str | None) -> None:
    async with running(ctx) as pilot:
        await new_contact(pilot, "need")
        await press(pilot, *keys, "enter")
        await wait_for(pilot, says(pilot, "Added: Park"))
    assert people.show(ctx, "Park").contact.need == value


async def test_checkbox_by_keyboard(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await new_contact(pilot, "decides")
        for keys, yes in (
            (["space"], True),
            (["y"], True),
            (text("yes"), True),
            (["space", "space"], False),
            (["y", "n", "o"], False),
        ):
            await enter(pilot, "role")
            field(pilot, "decides").value = ""
            await enter(pilot, "decides")
            await press(pilot, *keys)
            assert ("[✓] decides" in shown(pilot)) is yes, keys


@pytest.mark.parametrize(("keys", "yes"), [(["y"], True), (["y", "n", "o"], False)])
async def test_checkbox_is_saved_as_shown(ctx: AppContext, keys: list[str], yes: bool) -> None:
    async with running(ctx) as pilot:
        await new_contact(pilot, "decides")
        await press(pilot, *keys, "enter")
        await wait_for(pilot, says(pilot, "Added: Park"))
    assert people.show(ctx, "Park").contact.decides is yes


async def test_long_value_is_cut_with_a_sign_unless_its_field_has_the_cursor(ctx: AppContext) -> None:
    async with running(ctx, (60, 20)) as pilot:
        await new_contact(pilot, "company")
        await press(pilot, *text("한빛 Trading and Manufacturing Company"))
        line = field(pilot, "company")
        assert line.render_line(0).text.rstrip().endswith("Company")
        await press(pilot, "tab")
        assert line.render_line(0).text.startswith("한빛 Trading") and line.render_line(0).text.rstrip().endswith("…")
        assert line.render_line(0).cell_length == line.size.width


async def test_box_is_drawn_as_a_box_beside_the_text_of_the_other_fields(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await new_contact(pilot, "decides")
        assert "[ ] decides" in shown(pilot)
        start = {name: field(pilot, name).content_region.x for name in ("name", "decides", "tier")}
        assert start["name"] == start["decides"] == start["tier"] + 1  # which starts with an edge
        assert start["name"] == field(pilot, "name").region.x + 1


async def test_choices_and_boxes_can_be_clicked(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await new_contact(pilot, "need")
        await pilot.click("#field-need", offset=(8, 0))
        assert field(pilot, "need").value == "unknown"
        await pilot.click("#field-decides", offset=(1, 0))
        assert field(pilot, "decides").value == "yes"


async def test_choice_that_takes_any_word(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "c")
        await wait_for(pilot, says(pilot, "Complaint from"))
        await press(pilot, *text("late"), "tab", *text("serv"))
        assert field(pilot, "kind").value == "service"
        await press(pilot, *text("ice desk"))
        assert field(pilot, "kind").value == "service desk"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Complaint logged"))
    assert "service desk" in [each.kind for each in complaints.list_complaints(ctx).rows]


async def test_choices_without_room_show_those_around_the_chosen_one(ctx: AppContext) -> None:
    async with running(ctx, (60, 20)) as pilot:
        await new_contact(pilot, "mailing")
        await press(pilot, "end")
        await wait_for(pilot, says(pilot, "▐yearly▌"))
        assert "‹ " in shown(pilot) and "weekly" not in shown(pilot)


async def test_wrong_value_keeps_the_cursor_and_the_text(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "e")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ContactModal))
        name = field(pilot, "name").value
        while at(pilot) != "kind":
            await press(pilot, "tab")
        await press(pilot, *text("sad"), "enter", "z")
        assert at(pilot) == "kind"
        assert field(pilot, "name").value == name and field(pilot, "kind").value == "sadz"
        await press(pilot, "backspace", "enter")
        assert noted(pilot, "'sad' isn't a kind of customer. Use know-it-all")()
        await press(pilot, "g", "enter")
        await wait_for(pilot, says(pilot, f"Saved: {name}"))


async def test_problem_found_while_saving_comes_back_to_its_field(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await new_contact(pilot, "mailing")
        await press(pilot, "w", "enter")
        await wait_for(pilot, noted(pilot, "Email updates need the contact's consent"))
        assert at(pilot) == "consent" and field(pilot, "mailing").value == "weekly"
        await press(pilot, "y", "enter")
        await wait_for(pilot, says(pilot, "Added: Park"))


async def test_problem_of_no_field_keeps_the_cursor_where_it_was(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await new_contact(pilot, "phones")
        await press(pilot, *text("02 555 1234"), "enter")
        await wait_for(pilot, says(pilot, "already belongs to"))
        await press(pilot, "n")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ContactModal))
        assert at(pilot) == "phones"


async def test_problem_goes_when_its_text_changes(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "tab", "n", *text("Paper"), "tab", "tab", *text("x"), "enter")
        assert at(pilot) == "value" and noted(pilot, "'x'")()
        await press(pilot, "backspace", *text("350k"))
        assert not noted(pilot, "'x'")()
        assert "→ 350,000" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Added: Paper"))


async def test_dates_are_read_back_while_typed(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "tab", "n", *text("Paper"), "tab", "tab", "tab")
        assert at(pilot) == "expected_close"
        await press(pilot, *text("fr"))
        assert "? 'fr' isn't a date" in shown(pilot)
        assert not noted(pilot, "isn't a date")()  # only gently
        await press(pilot, "i")
        assert "fri" in shown(pilot) and "→ Fri 20 Nov 2026" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Added: Paper"))
    assert str(next(each.expected_close for each in deals.list_deals(ctx) if each.title == "Paper")) == "2026-11-20"


async def test_contact_is_completed(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "tab", "n", *text("Paper"), "tab")
        await press(pilot, *text("kim"))
        await wait_for(pilot, lambda: KIM in offered(pilot))
        await press(pilot, "down", "enter")
        assert field(pilot, "contact").value.endswith(f": {KIM}") and not offered(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Added: Paper"))
    assert next(each.contact for each in deals.list_deals(ctx) if each.title == "Paper") == KIM


async def test_companies_and_tags_are_completed(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await new_contact(pilot, "company")
        await press(pilot, *text("hanb"), "down", "tab")
        assert field(pilot, "company").value == "Hanbit Trading" and at(pilot) == "company"
        while at(pilot) != "tags":
            await press(pilot, "tab")
        await press(pilot, *text("pap"))
        assert offered(pilot) == ["paper"]
        await press(pilot, "down", "enter", *text(", fa"))
        assert offered(pilot) == ["fair"]
        await press(pilot, "down", "enter", *text(", pa"))
        assert offered(pilot) == []  # it is there already
        assert field(pilot, "tags").value == "paper, fair, pa"


async def test_line_of_a_task_completes_contacts_and_tags(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a", *text("Offer @kim"))
        await wait_for(pilot, lambda: offered(pilot) == [KIM])
        await press(pilot, "down", "enter", *text("#pap"))
        assert offered(pilot) == ["#paper"]
        await press(pilot, "down", "enter", "enter")
        await wait_for(pilot, says(pilot, "Added: Offer"))
    found = next(each for each in tasks.list_tasks(ctx) if each.title == "Offer")
    assert (found.contact_id, found.tags) == (people.show(ctx, KIM).contact.id, ("paper",))


async def test_suggestions_never_take_the_keys_of_the_form(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await new_contact(pilot, "company")
        await press(pilot, *text("hanb"))
        assert offered(pilot)
        await press(pilot, "tab")  # none was chosen, so it moves on
        assert (at(pilot), field(pilot, "company").value, offered(pilot)) == ("role", "hanb", [])
        await press(pilot, "shift+tab", "backspace", "down", "escape")  # the first esc leaves the list
        assert not offered(pilot) and isinstance(pilot.app.screen, FormModal)
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, FormModal)


async def test_path_is_completed_and_picked(ctx: AppContext, tmp_path: Path) -> None:
    folder = tmp_path / "Lists"
    folder.mkdir()
    (folder / "contacts.csv").write_text("name\nPark\n", encoding="utf-8")
    (folder / ".hidden").write_text("", encoding="utf-8")
    async with running(ctx) as pilot:
        await press(pilot, "6", "I")
        assert isinstance(pilot.app.screen, PathModal)
        field(pilot, "line").value = str(tmp_path / "li")
        await wait_for(pilot, lambda: any(each.startswith("Lists") for each in offered(pilot)))
        await press(pilot, "tab")
        await wait_for(pilot, lambda: offered(pilot) == ["contacts.csv"])
        await press(pilot, "tab")
        assert field(pilot, "line").value == str(folder / "contacts.csv")
        await press(pilot, "f4")
        assert isinstance(pilot.app.screen, FileModal)
        await wait_for(pilot, says(pilot, "contacts.csv"))
        assert ".hidden" not in shown(pilot)
        await press(pilot, "enter")  # the folder above
        await wait_for(pilot, says(pilot, "Lists/"))
        await press(pilot, *text("lis"), "enter")
        await press(pilot, *text("con"), "enter")
        assert field(pilot, "line").value == str(folder / "contacts.csv")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Park"))


async def test_folder_can_be_picked_for_an_export(ctx: AppContext, tmp_path: Path) -> None:
    async with running(ctx) as pilot:
        pilot.app.push_screen(PathModal("Export", "File or folder", str(tmp_path), folders=True))
        await press(pilot, "f4")
        await wait_for(pilot, says(pilot, "this folder"))
        await press(pilot, "enter")
        assert field(pilot, "line").value == f"{tmp_path}/"


async def test_label_of_the_field_with_the_cursor_is_marked(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "n", "tab", "tab")
        marked = [row.label for row in pilot.app.screen.query(FieldRow) if row.build(80, 1)[-1][0][1] == "pointer"]
        assert marked == ["Role"]
        assert "▌ Role" in shown(pilot)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 50)])
async def test_form_says_which_fields_are_in_sight(ctx: AppContext, size: tuple[int, int]) -> None:
    async with running(ctx, size) as pilot:
        await press(pilot, "6", "n")
        count = len(pilot.app.screen.query(FieldRow))
        await wait_for(pilot, lambda: f"of {count} ▾" in shown(pilot) or "Notes" in shown(pilot))
        for _ in range(count - 1):
            await press(pilot, "tab")
        assert at(pilot) == "notes"
        await wait_for(pilot, lambda: f"–{count} of {count} ▴" in shown(pilot) or "Name" in shown(pilot))
        assert "Notes" in shown(pilot) and "Save" in shown(pilot)


async def test_fields_have_air_where_there_is_room(ctx: AppContext) -> None:
    gaps = {}
    for size in ((80, 24), (120, 36)):
        async with running(ctx, size) as pilot:
            await press(pilot, "4", "N")
            await settled(pilot)
            rows = list(pilot.app.screen.query(FieldRow))
            await pilot.pause()
            gaps[size] = rows[1].region.y - rows[0].region.y
    assert gaps == {(80, 24): 1, (120, 36): 2}


async def test_many_fields_stand_in_two_columns_on_a_wide_screen(ctx: AppContext) -> None:
    for size, beside in (((80, 24), False), ((120, 36), True)):
        async with running(ctx, size) as pilot:
            await press(pilot, "6", "n")
            await wait_for(pilot, says(pilot, "* required" if beside else "of 26 ▾"))
            first, *_, last = pilot.app.screen.query(FieldRow)
            assert (last.region.x > first.region.right) is beside
            assert ("Notes" in shown(pilot)) is beside


async def test_form_says_which_fields_must_be_filled_in(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "n")
        await settled(pilot)
        assert [row.label for row in pilot.app.screen.query(FieldRow) if row.required] == ["Name"]
        assert "Name *" in shown(pilot)


def _colour(colour: RichColor | None) -> Color:
    assert colour is not None
    return Color.from_rich_color(colour)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_fields_have_enough_contrast(ctx: AppContext, theme: str) -> None:
    least = 7 if "contrast" in theme else 4.5
    async with running(ctx) as pilot:
        pilot.app.theme = theme
        await press(pilot, "6", "n", "tab")
        focused, other = field(pilot, "company"), field(pilot, "role")
        await wait_for(pilot, lambda: focused.rich_style.bgcolor != other.rich_style.bgcolor)
        for line in (focused, other):
            ground = line.rich_style.bgcolor
            styles = [line.get_component_rich_style(f"input--{part}") for part in ("placeholder", "selection")]
            for style in (*styles, *(line.ink(name) for name in ("", "dim", "accent"))):
                found = contrast(_colour(style.color), _colour(style.bgcolor or ground))
                assert found >= least, f"{style} of {line.id}: {found:.2f}"
            label = focused.row.ink("")
            assert contrast(_colour(styles[0].color), _colour(ground)) < contrast(
                _colour(label.color), _colour(focused.row.rich_style.bgcolor)
            ), "a hint isn't brighter than a label"
        for name in ("#save", "#leave"):
            style = pilot.app.screen.query_one(name).rich_style
            assert contrast(_colour(style.color), _colour(style.bgcolor)) >= least, name
        mark = focused.ink("pointer")
        assert contrast(_colour(mark.color), _colour(mark.bgcolor)) >= 3
        chosen = field(pilot, "need")
        for _ in range(2):  # with the cursor and without it
            segments = {segment.text: segment.style for segment in chosen.render_line(0)}
            style = segments["–"] or Style()
            assert contrast(_colour(style.color), _colour(style.bgcolor)) >= 4.5
            chosen.focus()
            await wait_for(pilot, lambda: chosen.has_focus)


async def test_what_is_wrong_with_a_field_is_said_once(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "g", "b", "a", "d")
        assert "isn't a month" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "✗ 'bad' isn't a month"))
        assert shown(pilot).count("isn't a month") == 1


async def test_headings_stand_below_the_title(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "n")
        lines = shown(pilot).splitlines()
        name, heading = (next(line.index(text) for line in lines if text in line) for text in ("Name *", "Customer"))
        assert name == heading
