"""Writing the settings file, only on request: the rep's comments and order stay."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from planner import files
from planner.config.known import BY_KEY, SETTINGS
from planner.domain.errors import StateError
from planner.domain.mailbox import Account


def template() -> str:
    """Every setting as TOML, commented out with its default, what it is and what it can be."""
    import tomlkit

    lines = ["# planner's settings: take the # away from what you want otherwise than it is.", ""]
    table = ""
    for setting in SETTINGS:
        head, _, name = setting.key.partition(".")
        if head != table:
            table = head
            lines += [f"[{table}]"]
        lines += [
            f"# {setting.about}: {setting.allowed}",
            f"# {name} = {tomlkit.item(setting.default).as_string()}",
            "",
        ]
    lines += [
        "[keys]",
        "# a key of your own for a command, by its id; planner keys lists them",
        '# log-dial = "f6"',
    ]
    return "\n".join(lines) + "\n"


def write_template(path: str) -> None:
    """Write all settings, commented out, where there is no file yet. Raises StateError where there is one."""
    if os.path.lexists(path):
        raise StateError(
            f"{path} is there already and stays as it is; `planner config init -` prints what could stand in it."
        )
    try:
        _write_private(path, template())
    except OSError as error:
        raise StateError(f"{path} can't be written: {error.strerror}.") from error


def store_value(path: str, key: str, value: Any) -> None:
    """Write one setting, keeping the rep's comments and order; the file and its folder are made if missing."""
    import tomlkit

    table_name, _, name = key.partition(".")

    def change(document: Any) -> None:
        table = document.setdefault(table_name, tomlkit.table())
        if not hasattr(table, "keys"):
            raise StateError(f"{path}: {table_name} is not a table; mend it by hand first.")
        item = tomlkit.item(value)
        setting = BY_KEY.get(key)
        if name not in table and setting is not None:
            item.comment(f"{setting.about}: {setting.allowed}")
        table[name] = item

    _rewrite(path, change)


def drop_value(path: str, key: str) -> bool:
    """Take one setting out of the file, so that its default stands; the rest of it stays as it is. Returns whether
    it stood there.
    """
    if not os.path.exists(path):
        return False
    table_name, _, name = key.partition(".")
    found = False

    def change(document: Any) -> None:
        nonlocal found
        table = document.get(table_name)
        found = table is not None and hasattr(table, "keys") and name in table
        if found:
            del table[name]  # not `remove`: a table in several parts has none

    _rewrite(path, change)
    return found


def store_account(path: str, name: str, account: Account | None) -> None:
    """Write a mailbox into the settings, or take it out (None)."""
    import tomlkit

    def change(document: Any) -> None:
        mail = document.setdefault("mail", tomlkit.table())
        tables = mail.setdefault("accounts", tomlkit.table(is_super_table=True))
        if account is None:
            del tables[name]
            return
        table = tomlkit.table()
        for each in fields(Account):
            value = getattr(account, each.name)
            if each.name != "name" and (each.name in ("host", "user", "password") or value != each.default):
                table[each.name] = value
        tables[name] = table

    _rewrite(path, change)


def _rewrite(path: str, change: Callable[[Any], None]) -> None:
    import tomlkit  # only when something is written: 20 ms that reading never needs
    from tomlkit.exceptions import TOMLKitError

    try:
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            text = "# planner's settings. `planner config show` lists what can be set.\n"
        document = tomlkit.parse(text)
        change(document)
        _write_private(path, tomlkit.dumps(document))
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise StateError(f"{path} can't be changed, because it is not valid TOML ({error}); mend it first.") from error
    except OSError as error:
        raise StateError(f"{path} can't be written: {error.strerror}.") from error


def _write_private(path: str, text: str) -> None:
    path = os.path.realpath(path)  # a linked file stays a link
    files.make_private_folder(os.path.dirname(path))
    files.put(path, files.filled(text.encode("utf-8")))
