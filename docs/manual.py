"""Generate the documents whose text comes from the program: `python docs/manual.py` (`make docs`).

`docs/commands.md` shows every command with its real output, on a rep's Monday with the clock stopped. `docs/planner.1`
is the manual page. `tests/test_docs.py` checks both against the program, so rerun this after changing any output.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

HERE = Path(__file__).parent
NOW = "2026-11-16T09:42"
MOST = 16  # lines of output shown
FILES = {
    "people.csv": "name,company,phone\nChoi,Daehan,+82 2 555 0101\nBaek,Daehan,+82 2 555 0102\n",
    "deals.csv": "title,contact,value,stage,closed\nPress,Choi,900,won,2026-11-05\n",
    "tasks.csv": (
        "Task,Due date,Priority,Labels\nSend Choi the offer,2026-11-18,High,press\n"
        "Weekly figures,every friday at 16:00,,\n"
    ),
    "events.csv": (
        "Subject,Start Date,Start Time,End Date,End Time,All day event\n"
        "Press tour,2026-11-19,10:00,2026-11-19,11:30,False\n"
    ),
    "calls.csv": "date,contact,outcome\n2026-11-12 10:00,Choi,refused\n",
    "meetings.ics": (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//EN\r\nBEGIN:VEVENT\r\nUID:one@other\r\n"
        "DTSTAMP:20261101T000000Z\r\nDTSTART:20261118T100000Z\r\nDTEND:20261118T110000Z\r\nSUMMARY:Trade show\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    ),
}
# The sections: a title, a sentence, and the shell lines. A time before a line sets the clock for it.
SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "The month and its goals",
        "Your quota, your own plan above it, and the goals behind them.",
        (
            "plan set --quota 700000 --personal 2x --average-deal 35000 --calls-per-day 100 --currency EUR",
            'goal add "A family home" --horizon 5y --who "Anna and the kids"',
            'goal add "Save for it" --horizon 1y --parent 1',
            'goal add "Client meetings" --horizon month --metric meetings --target 6 --parent 2',
            "goal list",
            "goal show 1",
            'goal edit 1 --why "a room for each of the kids"',
            "goal done 2",
            "goal reopen 2",
            "goal drop 3",
            "goal reopen 3",
            "plan show",
            "plan what-if --calls-per-day 120",
            "plan rates",
            "plan record",
            "plan why dials",
            "plan set --quarter 2026-Q4 --quota 2000000",
            "plan show --quarter 2026-Q4",
            "plan show --month 2026-12",
            "plan set --month 2026-12 --like-last",
        ),
    ),
    (
        "Working days",
        "Public holidays come from `calendar.country`. Add your own days off, half days and working Saturdays.",
        (
            "calendar off 2026-11-26..2026-11-27 --note trip",
            "calendar half 2026-11-30",
            "calendar work 2026-11-28",
            "calendar show",
            "calendar clear 2026-11-28",
        ),
    ),
    (
        "Logging",
        "Log what you do as you do it. These commands answer about as fast as Python starts.",
        (
            "log dial --outcome refused --reason 'too expensive' --contact 'new: Kim Minsu'",
            "log dial --count 36 --at 'today 9:00'",
            "log conversation --contact 'Kim Minsu'",
            "log meeting-booked --contact 'Kim Minsu'",
            "log meeting-held --outcome held --at 'fri 15:00'",
            "log proposal --contact 'Kim Minsu'",
            "log deal --amount 4500 --contact 'Kim Minsu'",
            "log email --count 3",
            "log referral",
            "log stop --outcome resisted --reason news",
            "log list",
            "log edit 1 --note 'wants quarterly delivery'",
            "log drop 8",
            "status",
            "status --format tmux",
            "today",
        ),
    ),
    (
        "Tasks",
        "Add a task on one line or field by field. planner suggests the order; what you move stays where you put it.",
        (
            "add Proposal for Acme tomorrow 16:00 A '#acme' 45m",
            "add Report every month end --dry-run",
            "task add 'Write to Lee' --due today --priority B",
            "task list",
            "task edit 8 --text 'Write to Lee about the price'",
            "task move 8 1",
            "task rank",
            "task snooze 7 thu",
            "task done 8",
            "task reopen 8",
            "task drop 8 --reason 'done by phone'",
            "add Weekly report every friday",
            "task skip 9",
            "task drop 10 --series",
        ),
    ),
    (
        "The day",
        "Your blocks, your calling list, and the start and end of your day.",
        (
            "day open",
            "day show",
            "block move 12:00 12:30",
            "block until 16:30 17:30",
            "block add 06:35 06:55 learning",
            "block drop 06:35",
            "block keep 08:30",
            "block open 08:30",
            "block miss 08:30",
            "block restore",
            "week list",
            "week show",
            "week new 'Trade show' --like 'Nine to six'",
            "week set --week trade sat 10:00 12:00 calls",
            "week clear --week trade sat 10:00 12:00",
            "week rename trade 'Show week'",
            "week use 'Show week'",
            "week use 'Eight to eight'",
            "week drop 'Show week'",
        ),
    ),
    (
        "Clients",
        "Who they are, what you know about them, and the next step for each.",
        (
            "contact add 'Petra Novák' --company 'Novák a syn' --phone '+420 601 234 567' --need found",
            "contact add 'Petra Novak' --phone '+420 601 234 567' --anyway",
            "contact edit 'Kim Minsu' --company Hanbit --phone '+82 2 555 1234'",
            "contact edit 'Kim Minsu' --supplier Dongah --supplier-until 2027-01-31",
            "contact list",
            "contact find novak",
            "contact show 'Kim Minsu'",
            "contact filter best tier:A",
            "contact duplicates",
            "contact merge 'Petra Novák' 'Petra Novak'",
            "contact merge --all-sure",
            "contact edit petra --do-not-call yes",
            "contact list --filter call:no",
            "contact edit petra --do-not-call no",
            "company Hanbit",
            "contact add Gone",
            "contact drop Gone",
            "contact add Forgotten",
            "contact forget Forgotten --yes",
            "find minsu",
        ),
    ),
    (
        "Deals, promises, complaints, meetings",
        "What's open with your clients.",
        (
            "deal add Paper --contact 'Kim Minsu' --value 5000 --stage meeting",
            "deal list",
            "deal edit 2 --value 6000",
            "deal move 2 closing",
            "deal won 2 --part 5500 --until 2027-06-30 --term 12",
            "deal pay 2 500",
            "deal refund 2 200",
            "deal renew 2",
            "deal show 2",
            "deal lost 3 --reason price",
            "deal reopen 3",
            "deal drop 3",
            "promise Kim Minsu: price list tomorrow 10",
            "promise add 'call the warehouse' --due fri --contact 'Kim Minsu'",
            "promise list",
            "promise edit 1 --text 'price list, printed'",
            "promise kept 1",
            "promise reopen 1",
            "promise broken 2",
            "promise drop 2",
            "complaint add 'came two days late' --contact 'Kim Minsu' --kind delivery",
            "complaint list",
            "complaint answer 1 --agreed 'a day sooner' --state agreed",
            "complaint drop 1",
            "meeting add Hanbit --at 'thu 11' --place 'their office' --contact 'Kim Minsu'",
            "meeting list",
            "meeting move 1 --at 'thu 14'",
            "meeting edit 1 --place 'by phone' --minutes 30",
            "meeting drop 1",
            "meeting add Orion --at 'today 9:00'",
            "meeting held 2 --satisfied yes --next 'call fri 10'",
            "meeting add 'Trade show' --at 'today 8:00'",
            "meeting no-show 3",
        ),
    ),
    (
        "Calls",
        "Calling lists, dialing, scripts, objections, and what your calls have taught you.",
        (
            "list build --count 5",
            "list add 'Kim Minsu'",
            "list show",
            "list drop 1",
            "list clear",
            "dial 'Kim Minsu' --dry-run",
            "script cold",
            "playbook find expensive",
            "playbook heard expensive --answer 1 --worked yes",
            "playbook add 'We buy from my brother' --way question --answer 'Could we just compare the two?'",
            "playbook due",
            "calls sessions",
            "calls hours",
            "words list",
            "words show affirmations",
            "words set affirmations 'I call first.' 'I listen longer.'",
            "words reset affirmations",
        ),
    ),
    (
        "Email",
        "Closed, except for its windows.",
        (
            "mail status",
            "13:05 mail open",
            "13:20 mail triage task --from Kim --subject Prices --text 'send the new prices'",
            "13:25 mail close --messages 4",
            "15:00 mail look --reason 'waiting for the contract'",
            "mail write 'Kim Minsu' The new press",
            "mail write --proposal 'Petra Novák' Our offer",
            "mail queue",
            "mail sent 2",
            "mail unwrite 1",
            "mail reply-text",
            "mail account add work --host imap.example.com --user me@example.com --password env:MAIL_PASSWORD",
            "mail account list",
            "mail account drop work",
        ),
    ),
    (
        "Review and learning",
        "An honest look at the week, and what you learn.",
        (
            "book add 'SPIN Selling' --author Rackham",
            "book edit 1 --taken 'ask what it costs them'",
            "book done 1",
            "book used 1 'asked Kim' --contact 'Kim Minsu'",
            "book list",
            "training add 'Does it fit the old frame?' --kind question",
            "training edit 2 --title 'Does it fit the 2019 frame?'",
            "training done 2 --taken 'ask before you pitch'",
            "training used 2 --contact 'Kim Minsu'",
            "training list",
            "training drop 2",
            "book drop 1",
            "19:00 day close --without-list --well 'calls before noon' --try 'close email when the timer goes off'",
            "review day",
            "review week --date 2026-W47",
            "review month",
            "review say miss 'an hour went to email' --cause 'inbox stayed open' --fix 'close it on time'",
            "review task 1",
            "review say aim 'six meetings booked'",
            "review drop 2",
            "review finish --why 'one step closer to our own front door'",
            "review list",
            "review find inbox",
        ),
    ),
    (
        "Import and export",
        "Every import is previewed before anything is saved. Every export is logged.",
        (
            "import contacts people.csv --dry-run",
            "import contacts people.csv",
            "import deals deals.csv",
            "import calls calls.csv",
            "import tasks tasks.csv",
            "import events events.csv",
            "import calendar meetings.ics",
            "export contacts out.csv",
            "export contact 'Kim Minsu' kim.vcf",
            "export activities log.xlsx",
            "import activities log.xlsx",
            "export deals deals.json",
            "export tasks tasks.xlsx",
            "export calendar week.ics",
            "calendar subscribe Fairs meetings.ics",
            "calendar list",
            "calendar refresh",
            "calendar publish phone.ics",
            "calendar publish --stop",
            "calendar unsubscribe Fairs",
            "export review week.md",
            "export all base.json",
            "--db other.db import all base.json",
            "export contacts out.csv --encrypt --passphrase env:PLANNER_SECRET",
            "export log",
        ),
    ),
    (
        "Safety and settings",
        "Undo, backups, checks, encryption, settings and keys.",
        (
            "history --limit 4",
            "undo",
            "redo",
            "backup away.db",
            "backup away.db.age --passphrase env:PLANNER_SECRET",
            "backup --list",
            "restore away.db --yes",
            "doctor",
            "encrypt --passphrase env:PLANNER_SECRET",
            "decrypt --passphrase env:PLANNER_SECRET",
            "info",
            "config set mail.minutes 25",
            "config unset mail.minutes",
            "config show",
            "config init -",
            "config path",
            "sync status",
            "phone devices",
            "keys undo",
            "tour",
            "completions fish",
            "--version",
        ),
    ),
)
# commands that no line above runs, and why
LEFT_OUT = {
    "demo": "opens the screens",
    "mail account test": "asks a mail server",
    "mail account password": "asks for a password",
    "review tried": "needs a review of the week before",
    "sync start": "prints a code of its own",
    "phone start": "runs until it is stopped",
    "phone revoke": "needs a paired phone",
    **dict.fromkeys(
        ("sync join", "sync now", "sync conflicts", "sync devices", "sync retire", "sync stop"), "needs another device"
    ),
}


def commands() -> str:
    """Generate `commands.md`."""
    parts = [
        "# Every command with its output\n",
        "Generated by `python docs/manual.py`: one rep's Monday, 16 November 2026, 09:42, on a database that starts",
        "out empty. Long output is cut (`…`). See `planner COMMAND --help` for every option. Commands that read take",
        "`--json`.\n",
    ]
    with tempfile.TemporaryDirectory() as folder, _at(folder):
        for name, text in FILES.items():
            Path(name).write_text(text, encoding="utf-8")
        for title, about, lines in SECTIONS:
            parts += [f"## {title}\n", f"{about}\n", "```console"]
            for line in lines:
                parts += _said(line, folder)
            parts.append("```\n")
    return "\n".join(parts)


@contextlib.contextmanager
def _at(folder: str) -> Iterator[None]:
    before, where = dict(os.environ), Path.cwd()
    os.environ |= {
        "PLANNER_DB": f"{folder}/planner.db",
        "PLANNER_CONFIG": f"{folder}/config.toml",
        "PLANNER_SECRET": "four words for it",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "XDG_STATE_HOME": folder,
        "TZ": "UTC",
        "COLUMNS": "100",
    }
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(where)
        os.environ.clear()
        os.environ.update(before)


def _said(line: str, folder: str) -> list[str]:
    """A shell line, and what the program prints for it."""
    from planner.cli import main, quick
    from planner.domain.errors import PlannerError

    at = NOW
    if line[0].isdigit():
        time, line = line.split(" ", 1)
        at = f"{NOW[:11]}{time}"
    os.environ["PLANNER_NOW"] = at
    argv = shlex.split(line)
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            code = quick.run(argv)
            if code is None:
                code = main.run(argv)
        except PlannerError as problem:
            raise SystemExit(f"planner {line}: {problem}") from problem
    if code:
        raise SystemExit(f"planner {line} ended with {code}: {out.getvalue()}")
    answer = [_steady(each.rstrip()) for each in out.getvalue().replace(folder, "~").splitlines()]
    if len(answer) > MOST:
        answer = [*answer[: MOST - 1], "…"]
    shown = f"(at {at[11:]}) " if at != NOW else ""
    return [f"$ planner {line}{'   # ' + shown.strip('() ') if shown else ''}", *answer, ""]


def _steady(line: str) -> str:
    """Replace what differs from machine to machine (versions, sizes) with a placeholder."""
    line = re.sub(r"^(python|sqlite|size|disk encrypted)( +)\S+$", r"\1\2…", line)
    return re.sub(r"\d+\.\d MB", "… MB", line)


def page() -> str:
    """Generate `planner.1`, naming the Python used, since each version's argparse lays it out differently."""
    from argparse_manpage.manpage import Manpage

    from planner import __version__
    from planner.cli.main import parser

    os.environ["SOURCE_DATE_EPOCH"] = "1794787200"  # keeps the page reproducible
    root = parser()
    told = {"project_name": "planner", "version": __version__, "description": root.description}
    made = Manpage(root, {**told, "manual_title": "planner manual"})
    return f'.\\" made by docs/manual.py on Python {sys.version_info.major}.{sys.version_info.minor}\n{made}'


def main() -> None:
    (HERE / "commands.md").write_text(commands(), encoding="utf-8")
    (HERE / "planner.1").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
