"""Screenshots of the screens in several states and sizes. `make snapshots` updates them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.sync import devices as device_service
from planner.services.sync.devices import Conflict, Device, Overview, Status
from planner.tui.clients.care import CareScreen
from planner.tui.clients.clients import ClientsScreen
from planner.tui.clients.deals import STRIP_CLASS, DealsScreen
from planner.tui.clients.widgets.company import CompanyLines
from planner.tui.clients.widgets.contact import DossierLines
from planner.tui.clients.widgets.deal import DealPane
from planner.tui.day import counters_view, day_view, first_paint, today_view
from planner.tui.review.review import ReviewScreen
from planner.tui.shared import spans
from planner.tui.shared.header import header
from tests.drills import LONG
from tests.scenes import CALLS, CLIENTS, DAYS, MAILS, NOW, REVIEWS, SCENES, morning
from tests.tui.helpers import app_on, painted_at_once, running, settled, shown, today_screen, wait_for
from tests.tui.helpers import press as press_keys

Compare = Callable[..., bool]
SIZES = [(60, 20), (80, 24), (120, 36), (200, 50)]
SOME = SIZES if LONG else SIZES[::2]
EDGES = SIZES[::3] if LONG else SIZES[:1]
CLOSE_UP = [(80, 24), (120, 36)] if LONG else [(80, 24)]  # a form that fits the smaller terminal fits the larger one


def scenes_at(scenes: Iterable[str], sizes: list[tuple[int, int]]) -> list[ParameterSet]:
    """Each scene at each size, in a drill. In the suite, the layout is seen with the typical scene at each size, and
    what each scene fills it with at the smallest, where it has the least room.
    """
    return [
        pytest.param(scene, size, id=f"{scene}-{size[0]}x{size[1]}")
        for scene in scenes
        for size in sizes
        if LONG or scene == "typical" or size == sizes[0]
    ]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", SCENES)
def test_today(snap_compare: Compare, tmp_path: Path, scene: str, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(SCENES[scene](tmp_path)), terminal_size=size, run_before=pressing())


@pytest.mark.parametrize("size", SOME, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("key", ["3", "4"], ids=["plan", "goals"])
def test_plan_and_goals(snap_compare: Compare, tmp_path: Path, key: str, scene: str, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(SCENES[scene](tmp_path)), terminal_size=size, run_before=pressing(key))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("goals-light", ["4", "down", "down", "down", "down"]),
        ("goal-form", ["4", "down", "down", "e"]),
        ("goal-moving", ["4", "down", "down", "m"]),
        ("plan-light", ["3", "right", "shift+right"]),
        ("plan-quarter", ["3", "s"]),
        ("plan-year", ["3", "s", "s"]),
        ("what-if", ["3", "tab", "right", "down", "shift+right"]),
        ("why", ["y", "down"]),
        ("why-light", ["y", "down", "down", "enter"]),
    ],
)
def test_plan_and_goals_close_up(snap_compare: Compare, tmp_path: Path, name: str, keys: list[str]) -> None:
    app = app_on(SCENES["typical"](tmp_path))
    if name.endswith("light"):
        app.theme = "planner-light"
    assert snap_compare(app, terminal_size=(110, 32), run_before=pressing(*keys))


def pressing(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press keys one by one, each after the workers of the one before."""

    async def press(pilot: Pilot[None]) -> None:
        await settled(pilot)  # a large Today reads its chart after it is shown
        await press_keys(pilot, *keys)
        for field in (*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)):
            field.cursor_blink = False  # or the picture would depend on the blinking
        await pilot.pause()

    return press


DAY_SCREENS = [("day", ["t"]), ("week", ["W"]), ("list", ["l"]), ("evening", ["b"])]


@pytest.mark.parametrize("size", SOME, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", DAYS)
@pytest.mark.parametrize(("name", "keys"), DAY_SCREENS[:1])
def test_day(
    snap_compare: Compare, tmp_path: Path, name: str, keys: list[str], scene: str, size: tuple[int, int]
) -> None:
    assert snap_compare(app_on(DAYS[scene](tmp_path)), terminal_size=size, run_before=pressing(*keys))


@pytest.mark.parametrize(("scene", "size"), scenes_at(["typical", "overfull"], [(80, 24), (120, 36)]))
@pytest.mark.parametrize(("name", "keys"), DAY_SCREENS[1:])
def test_week_list_and_evening(
    snap_compare: Compare, tmp_path: Path, name: str, keys: list[str], scene: str, size: tuple[int, int]
) -> None:
    assert snap_compare(app_on(DAYS[scene](tmp_path)), terminal_size=size, run_before=pressing(*keys))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("day-light", ["t", "down"]),
        ("block-form", ["t", "e"]),
        ("week-form-light", ["W", "e"]),
        ("paste", ["l", "n"]),
        ("stop", ["s"]),
        ("stop-light", ["S"]),
        ("quick", ["a", *"Offer", "space", *"tomorrow", "space", *"A"]),
        ("words", ["s", "e"]),
        ("close", ["b", "w"]),
    ],
)
def test_day_close_up(snap_compare: Compare, tmp_path: Path, name: str, keys: list[str]) -> None:
    app = app_on(DAYS["typical"](tmp_path))
    if name.endswith("light"):
        app.theme = "planner-light"
    assert snap_compare(app, terminal_size=(100, 30), run_before=pressing(*keys))


@pytest.mark.parametrize("size", [(60, 20), (110, 32)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_morning(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(morning(tmp_path)), terminal_size=size, run_before=pressing("down"))


@pytest.mark.parametrize("size", [(60, 20), (110, 32)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_triage(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(DAYS["overfull"](tmp_path)), terminal_size=size, run_before=pressing("T", "down"))


@pytest.mark.parametrize("size", SOME, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", CALLS)
def test_calls(snap_compare: Compare, tmp_path: Path, scene: str, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(CALLS[scene](tmp_path)), terminal_size=size, run_before=pressing("2"))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("calls-light", ["2", "down", "down"]),
        ("found", ["2", "slash", *"exp"]),
        ("answers-light", ["2", "slash", *"exp", "enter"]),
        ("why-refused", ["2", "4"]),
        ("when", ["2", "7", *"thu", "space", *"11"]),
        ("after-a-talk", ["2", "6"]),
        ("insight", ["2", "i"]),
        ("insight-light", ["2", "i"]),
        ("playbook", ["8", "down"]),
        ("drill-light", ["8", "D", "space"]),
    ],
)
def test_calls_close_up(snap_compare: Compare, tmp_path: Path, name: str, keys: list[str]) -> None:
    app = app_on(CALLS["typical"](tmp_path))
    if name.endswith("light"):
        app.theme = "planner-light"
    assert snap_compare(app, terminal_size=(110, 32), run_before=pressing(*keys))


@pytest.mark.parametrize("size", [*EDGES, (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_playbook(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(CALLS["typical"](tmp_path)), terminal_size=size, run_before=pressing("8", "down"))


@pytest.mark.parametrize("size", SOME, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", MAILS)
def test_mail(snap_compare: Compare, tmp_path: Path, scene: str, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(MAILS[scene](tmp_path)), terminal_size=size, run_before=pressing("5"))


@pytest.mark.parametrize(
    ("name", "scene", "keys"),
    [
        ("gate-light", "gate", ["5"]),
        ("pause", "gate", ["5", "l", *"the", "space", *"contract"]),
        ("open-light", "open", ["5", "down", "down"]),
        ("promise", "open", ["5", "p", *"lawyer", "space", *"tomorrow", "space", *"10"]),
        ("to-write-light", "overrun", ["5", "tab"]),
        ("letter", "gate", ["M"]),
    ],
)
def test_mail_close_up(snap_compare: Compare, tmp_path: Path, name: str, scene: str, keys: list[str]) -> None:
    app = app_on(MAILS[scene](tmp_path))
    if name.endswith("light"):
        app.theme = "planner-light"
    assert snap_compare(app, terminal_size=(110, 32), run_before=pressing(*keys))


def settings_of(ctx: AppContext, monkeypatch: pytest.MonkeyPatch, text: str) -> AppContext:
    """Give a rep settings in a file with a fixed name, because the screen shows it."""
    monkeypatch.chdir(Path(ctx.settings_path).parent)
    ctx.settings_path = "config.toml"
    if text:
        Path(ctx.settings_path).write_text(text, encoding="utf-8")
    else:
        Path(ctx.settings_path).unlink(missing_ok=True)
    ctx.reread_config()
    return ctx


OWN = """[me]
name = "Анна Соколова-Преображенская [/] [@click=app.quit]x[/]"
firm = "한빛무역 주식회사 서울지점"
[calls]
wrong = 3
"""


@pytest.mark.parametrize("size", SOME, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    ("name", "keys"), [("shipped", ["comma"]), ("own", ["comma", "end"]), ("keys", ["comma", "tab", "down"])]
)
def test_settings(
    snap_compare: Compare,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    keys: list[str],
    size: tuple[int, int],
) -> None:
    ctx = settings_of(SCENES["typical"](tmp_path), monkeypatch, OWN if name == "own" else "")
    assert snap_compare(app_on(ctx), terminal_size=size, run_before=pressing(*keys))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_tour(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(
        app_on(CALLS["typical"](tmp_path)), terminal_size=size, run_before=pressing("f2", "enter", "enter")
    )


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("setting-form-light", ["comma", "down", "enter"]),
        ("settings-contrast-dark", ["comma", "down"]),
        ("today-contrast-light", ["1"]),
        ("tour-light", ["f2"]),
        ("passphrase-light", ["6", "X", *"clients", "full_stop", *"age", "enter"]),
    ],
)
def test_themes_and_forms_close_up(
    snap_compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, keys: list[str]
) -> None:
    app = app_on(settings_of(CLIENTS["typical"](tmp_path), monkeypatch, ""))
    app.theme = f"planner-{'-'.join(name.split('-')[1:])}" if "contrast" in name else "planner-light"
    assert snap_compare(app, terminal_size=(100, 30), run_before=pressing(*keys))


def test_today_light(snap_compare: Compare, tmp_path: Path) -> None:
    app = app_on(SCENES["typical"](tmp_path))
    app.theme = "planner-light"
    assert snap_compare(app, terminal_size=(120, 36))


@pytest.mark.parametrize(
    ("name", "keys"), [("outcomes", "d"), ("plan", "g"), ("deal", "w"), ("task", "a"), ("help", "?")]
)
def test_today_modals(snap_compare: Compare, tmp_path: Path, name: str, keys: str) -> None:
    app = app_on(SCENES["typical"](tmp_path))

    async def press(pilot: Pilot[object]) -> None:
        await pilot.press(keys)
        if name != "outcomes":
            await wait_for(pilot, lambda: len(pilot.app.screen_stack) > 1)  # type: ignore[arg-type]
        await pilot.pause()
        # or the picture would depend on the blinking
        for field in pilot.app.screen.query("Input"):
            field.cursor_blink = False  # type: ignore[attr-defined]
        await pilot.pause()

    with painted_at_once():
        assert snap_compare(app, terminal_size=(100, 30), run_before=press)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", SCENES)
async def test_first_paint_equals_the_app(tmp_path: Path, scene: str, size: tuple[int, int]) -> None:
    ctx = SCENES[scene](tmp_path)
    async with running(ctx, size) as pilot:
        page = first_paint.page(today_screen(pilot).today, ctx.now(), *size)
        text = ["".join(part for part, _ in line).rstrip() for line in page]
        # the last two lines are the message and the footer
        roomy = spans.is_roomy(*size)  # the chart that is read later has its place left free

        def same(painted: str, line: str) -> bool:
            return (
                all(one in (" ", other) for one, other in zip(painted, line, strict=False))
                if roomy
                else painted == line
            )

        def is_the_same() -> bool:
            return all(map(same, (text + [""] * size[1])[: size[1] - 2], shown(pilot).splitlines()))

        await wait_for(pilot, is_the_same)


async def test_no_color_still_shows_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(SCENES["typical"](tmp_path)) as pilot:
        text = shown(pilot)
        assert all(sign in text for sign in ("▼", "✓", "▌", "!"))
        strips = pilot.app.screen._compositor.render_strips()
        colours = {
            segment.style.color.triplet
            for strip in strips
            for segment in strip.apply_filter(pilot.app._filters[-1], pilot.app.screen.background_colors[1])
            if segment.style and segment.style.color and segment.style.color.triplet
        }
        assert all(len({colour.red, colour.green, colour.blue}) == 1 for colour in colours)


def test_every_span_has_a_style(tmp_path: Path) -> None:
    from planner.services.day.today_store import TodayStore
    from planner.tui.shared.widgets.lines import STYLES, TINTS

    ctx = SCENES["overfull"](tmp_path)
    live = TodayStore(ctx)
    today = live.read()
    live.close()
    now = ctx.now()
    lines = [header(today, now, 120), *today_view.month_lines(today, 60)]
    lines += [line for _, line in day_view.day_lines(today, now, 50)]
    for folded in (False, True):
        counters = counters_view.counter_lines(today, now, 60, frozenset(["dials"]), folded=folded)
        lines += [part for row in counters for _, part in row]
    lines += [line for _, line in today_view.task_lines(today, now, 80, 40, 0)]
    found = {style for line in lines for _, style in line if style}
    texts, tints = ({name for style in found for name in [style.partition(" on ")[part]] if name} for part in (0, 2))
    assert texts <= {*STYLES, "ground", "tab"} and tints <= {*STYLES, *TINTS}
    assert texts <= set(first_paint.COLOURED)


CLIENT_SCREENS = [
    ("clients", ["6", "down", "down"]),
    ("dossier", ["6", "down", "down", "enter"]),
    ("deals", ["6", "tab"]),
    ("deal-table", ["6", "tab", "v"]),
    ("care", ["6", "shift+tab"]),
]


@pytest.mark.parametrize(("scene", "size"), scenes_at(CLIENTS, [(80, 24), (120, 36)]))
@pytest.mark.parametrize(("name", "keys"), CLIENT_SCREENS)
def test_clients(
    snap_compare: Compare, tmp_path: Path, name: str, keys: list[str], scene: str, size: tuple[int, int]
) -> None:
    assert snap_compare(app_on(CLIENTS[scene](tmp_path)), terminal_size=size, run_before=loaded_after(*keys))


@pytest.mark.parametrize("size", EDGES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(("name", "keys"), CLIENT_SCREENS[::2])
def test_clients_at_extreme_sizes(
    snap_compare: Compare, tmp_path: Path, name: str, keys: list[str], size: tuple[int, int]
) -> None:
    assert snap_compare(app_on(CLIENTS["typical"](tmp_path)), terminal_size=size, run_before=loaded_after(*keys))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("find", ["slash", "k", "i", "m"]),
        ("filter", ["6", "f"]),
        ("form", ["6", "down", "down", "e"]),
        ("complaint", ["6", "down", "down", "c"]),
        ("won", ["6", "tab", "w"]),
        ("duplicates", ["6", "D"]),
        ("import-empty", ["6", "I", "escape"]),
        ("company", ["6", "down", "down", "C"]),
    ],
)
@pytest.mark.parametrize("size", CLOSE_UP, ids=lambda size: f"{size[0]}x{size[1]}")
def test_clients_close_up(
    snap_compare: Compare, tmp_path: Path, name: str, keys: list[str], size: tuple[int, int]
) -> None:
    ctx = CLIENTS["typical"](tmp_path)
    people.add(
        ctx,
        "Lee Ji-hye 이지혜",
        {"company": "Seoul Print", "emails": ["lee@print.example"], "city": "Busan"},
        force=True,
    )
    app = app_on(ctx)
    if name in ("filter", "won", "duplicates"):
        app.theme = "planner-light"
    assert snap_compare(app, terminal_size=size, run_before=loaded_after(*keys))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_import_preview(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "people.csv"
    rows = "".join(
        f"{name},{name} GmbH,0{number}-555-1234,fair\n" for number, name in enumerate(("Anna", "김민수", "Ян"))
    )
    path.write_text(f"Name,Company,Phone,Tags\n{rows},,,\n,,,x\nLee,,,\n", encoding="utf-8")
    app = app_on(CLIENTS["typical"](tmp_path))

    async def look(pilot: Pilot[None]) -> None:
        await press_keys(pilot, "6", "I")
        pilot.app.screen.query_one(Input).value = str(path)
        await press_keys(pilot, "enter")
        await wait_for(pilot, lambda: "Will import" in shown(pilot))

    assert snap_compare(app, terminal_size=size, run_before=look)


def loaded_after(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press keys, and wait for the dossier of the contact under the cursor."""

    async def press(pilot: Pilot[None]) -> None:
        await pressing(*keys)(pilot)
        screen = next(each for each in reversed(pilot.app.screen_stack) if not each.is_modal)
        if isinstance(screen, ClientsScreen):
            await wait_for(pilot, lambda: screen.chosen is None or screen._dossier is not None)
            await wait_for(pilot, lambda: screen._dossier is None or screen._dossier.contact.id == screen.chosen)
            company = screen.query_one(CompanyLines)
            await wait_for(pilot, lambda: not screen.has_class("-company") or company.company is not None)
        elif isinstance(screen, CareScreen | DealsScreen) and (wanted := screen.concerned()):
            if isinstance(screen, DealsScreen):
                is_read = spans.is_large(*screen.size) or screen.has_class(STRIP_CLASS)
            else:
                is_read = screen.size.width >= spans.WIDE
            pane = screen.pane()
            assert isinstance(pane, DealPane | DossierLines)
            await wait_for(
                pilot, lambda: not is_read or (pane.dossier is not None and pane.dossier.contact.id == wanted)
            )
        await pilot.pause()

    return press


REVIEW_PAGES = [("figures", []), ("discipline", ["tab"]), ("lessons", ["tab"] * 3), ("charts", ["shift+tab"] * 3),
                ("learning", ["shift+tab"] * 2), ("past", ["shift+tab"])]  # fmt: skip


def from_page_one(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Open the review, go to its first page wherever it was left, and press keys."""

    async def press(pilot: Pilot[None]) -> None:
        await pressing("7")(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, ReviewScreen)
        while screen._page and screen._page != "figures":
            await press_keys(pilot, "shift+tab")
        screen.say([])
        await pressing(*keys)(pilot)

    return press


@pytest.mark.parametrize(("scene", "size"), scenes_at(["typical", "overfull"], [(80, 24), (120, 36)]))
@pytest.mark.parametrize(("name", "keys"), REVIEW_PAGES)
def test_review(
    snap_compare: Compare, tmp_path: Path, name: str, keys: list[str], scene: str, size: tuple[int, int]
) -> None:
    assert snap_compare(app_on(REVIEWS[scene](tmp_path)), terminal_size=size, run_before=from_page_one(*keys))


@pytest.mark.parametrize("size", EDGES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(("name", "keys"), REVIEW_PAGES[2:4])
def test_review_at_extreme_sizes(
    snap_compare: Compare, tmp_path: Path, name: str, keys: list[str], size: tuple[int, int]
) -> None:
    assert snap_compare(app_on(REVIEWS["typical"](tmp_path)), terminal_size=size, run_before=from_page_one(*keys))


@pytest.mark.parametrize(
    ("name", "keys"),
    [("light", ["tab"]), ("wrong-form", ["tab"] * 3 + ["minus"]), ("learning-form", ["shift+tab"] * 2 + ["plus"]),
     ("month", ["s"]), ("day", ["s", "s"])],
)  # fmt: skip
def test_review_close_up(snap_compare: Compare, tmp_path: Path, name: str, keys: list[str]) -> None:
    app = app_on(REVIEWS["typical"](tmp_path))
    if name == "light":
        app.theme = "planner-light"
    assert snap_compare(app, terminal_size=(100, 30), run_before=from_page_one(*keys))


def test_empty_review(snap_compare: Compare, tmp_path: Path) -> None:
    assert snap_compare(app_on(REVIEWS["empty"](tmp_path)), terminal_size=(80, 24), run_before=pressing("7"))


def _overview() -> Overview:
    """Two devices, one edit of each kind that gave way, and a problem."""
    rows = (
        ("contact", "Kim Minsu 김민수", "source", "“Fair in Frankfurt, hall 3”", "“Referral by Анна”", True),
        ("deal", "Annual catalogue", "contact", "Анна Соколова", "Kim Minsu 김민수", True),
        ("task", "Send the proposal", "due", "Wed 18 Nov 2026", "deleted", False),
    )
    conflicts = tuple(
        Conflict(number, NOW - timedelta(hours=7 * number), table, 5, column, title, None, None, there, was, now, 1, 0)
        for number, (table, title, column, was, now, there) in enumerate(rows, start=1)
    )
    devices = (
        Device(0, "office-pc", None, own=True),
        Device(1, "laptop", NOW - timedelta(minutes=4)),
        Device(2, "old laptop", NOW - timedelta(days=120), retired=True),
    )
    problem = "~/Sync/planner isn't there. Nothing is lost: syncing goes on when it is back."
    status = Status(0, "~/Sync/planner", NOW - timedelta(minutes=34), problem, 2, len(conflicts))
    return Overview(status, devices, conflicts)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_devices(snap_compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    monkeypatch.setattr(device_service, "overview", lambda ctx: _overview())
    app = app_on(SCENES["typical"](tmp_path))
    if size == (120, 36):
        app.theme = "planner-light"

    async def look(pilot: Pilot[None]) -> None:
        await settled(pilot)
        app.action_show("devices")
        await wait_for(pilot, lambda: "old laptop" in shown(pilot) or "Conflicts" in shown(pilot))
        await settled(pilot)

    assert snap_compare(app, terminal_size=size, run_before=look)
