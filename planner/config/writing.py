"""Writes the settings file, only on request, preserving the rep's comments and order."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from planner import files, platform
from planner.config.known import BY_KEY, SETTINGS
from planner.config.reading import brief, read_text, tree_of
from planner.domain.errors import InputError, StateError
from planner.domain.mail.mailbox import Account
from planner.domain.text import strip_controls


def template() -> str:
    """Return every setting as TOML, commented out, with its default, description and allowed values."""
    import tomlkit

    lines = ["# planner's settings. To change one, remove the # in front of it and edit its value.", ""]
    table = ""
    for setting in SETTINGS:
        head, _, name = setting.key.partition(".")
        if head != table:
            table = head
            lines += [f"[{table}]"]
        lines += [
            f"# {setting.about}. Allowed: {setting.allowed}",
            f"# {name} = {tomlkit.item(setting.default).as_string()}",
            "",
        ]
    lines += [
        "[keys]",
        "# Your own key for a command, by its id. `planner keys` lists them.",
        '# log-dial = "f6"',
    ]
    return "\n".join(lines) + "\n"


def write_template(path: str) -> None:
    """Write all settings, commented out, to a new file. Raises StateError where there is one."""
    if os.path.lexists(path):
        raise StateError(f"{path} already exists and was left unchanged. `planner config init -` prints a template.")
    try:
        files.make_private_folder(os.path.dirname(os.path.abspath(path)))
        files.put(path, files.writer_of(template().encode()))
    except OSError as error:
        raise StateError(f"Can't write {path}: {error.strerror}.") from error


def store_value(path: str, key: str, value: Any) -> str:
    """Write one setting, preserving the rep's comments and order, and creating the file and its folder if missing.
    Returns what else was done to the file, as a sentence, or "".
    """
    import tomlkit

    table_name, _, name = key.partition(".")

    def change(document: Any) -> None:
        table = _table(document, table_name)
        item = tomlkit.item(value)
        setting = BY_KEY.get(key)
        if name not in table and setting is not None:
            item.comment(f"{setting.about}. Allowed: {setting.allowed}")
        table[name] = item

    return _rewrite(path, change)


def _table(document: Any, name: str) -> Any:
    """Return a table of a file, replacing anything else under that name, which was unusable."""
    import tomlkit

    if name in document and not hasattr(document[name], "keys"):
        del document[name]
    return document.setdefault(name, tomlkit.table())


def drop_value(path: str, key: str) -> bool:
    """Remove one setting from the file, restoring its default, and leave the rest unchanged. Returns whether it was
    there.
    """
    if not os.path.lexists(path):
        return False
    table_name, _, name = key.partition(".")
    found = False

    def change(document: Any) -> None:
        nonlocal found
        table = document.get(table_name)
        found = table is not None and hasattr(table, "keys") and name in table
        if found:
            del table[name]  # not `remove`, which a table in several parts lacks

    _rewrite(path, change)
    return found


def store_account(path: str, name: str, account: Account | None) -> None:
    """Write a mailbox into the settings, or remove it for None."""
    import tomlkit

    def change(document: Any) -> None:
        mail = _table(document, "mail")
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


def _rewrite(path: str, change: Callable[[Any], None]) -> str:
    """Edit a settings file under a lock. One that isn't valid settings, so not in effect, is preserved as comments of
    the new file. Returns that as a sentence, or "".
    """
    import tomlkit  # 20 ms, which reading never needs
    from tomlkit.exceptions import TOMLKitError

    path = os.path.realpath(path)  # a linked file stays a link
    said = ""
    try:
        files.make_private_folder(os.path.dirname(path))
        with platform.locked(os.path.dirname(path)):
            try:
                text = read_text(path)
            except InputError as problem:
                text, said = "", _put_aside(path, problem)
            try:
                if text:
                    tree_of(path, text)  # tomlkit accepts more than is valid
                document = tomlkit.parse(text or "# planner's settings. `planner config show` lists them all.\n")
                change(document)
            except (TOMLKitError, InputError, RecursionError) as problem:
                document = tomlkit.parse(_as_comments(text))
                change(document)
                said = f"{brief(str(problem), quoted=False)}. Its old content is still there, as comments."
            files.put(path, files.writer_of(tomlkit.dumps(document).encode()))
    except InputError as problem:
        raise StateError(f"{problem}, so it can't be changed.") from problem
    except OSError as error:
        raise StateError(f"Can't write {path}: {error.strerror}.") from error
    return said


def _put_aside(path: str, problem: InputError) -> str:
    """Rename a file that isn't settings text. Raises InputError for anything that isn't a file."""
    if not os.path.isfile(path):
        raise problem
    kept, number = f"{path}.unreadable", 1
    while os.path.lexists(kept):
        number += 1
        kept = f"{path}.unreadable-{number}"
    platform.replace(path, kept)
    return f"{problem}. It was renamed to {kept}."


def _as_comments(text: str) -> str:
    """Comment out invalid settings, for whoever fixes them by hand."""
    lines = ["# These lines couldn't be read as settings. Fix them and remove the #:"]
    lines += [f"# {strip_controls(line)}" for line in text.splitlines()]
    return "\n".join(lines) + "\n\n"
