"""Warns if the database lies in a synced folder that others may read (S27)."""

from __future__ import annotations

import os

# names of folders that a program syncs to other computers, anywhere in the path
_NAMES = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud drive": "iCloud",
    "iclouddrive": "iCloud",
    "mobile documents": "iCloud",
    "cloudstorage": "a macOS cloud service",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "pcloud drive": "pCloud",
    "pclouddrive": "pCloud",
    "mega": "MEGA",
    "megasync": "MEGA",
    "yandex.disk": "Yandex Disk",
    "yandexdisk": "Yandex Disk",
    "box": "Box",
    "box sync": "Box",
    "synologydrive": "Synology Drive",
    "seafile": "Seafile",
    "syncthing": "Syncthing",
    "sync": "a sync program",
    "tresorit": "Tresorit",
    "proton drive": "Proton Drive",
    "mybox": "Naver MYBOX",
}
_WORDS = frozenset({"box", "mega", "sync"})
# files that such programs leave in a synced folder
_MARKS = {
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".stfolder": "Syncthing",
    ".sync_journal.db": "Nextcloud or ownCloud",
    ".owncloudsync.log": "ownCloud",
    ".nextcloudsync.log": "Nextcloud",
    ".synologyworkingdirectory": "Synology Drive",
    ".seafile-data": "Seafile",
    "desktop.ini.gdrive": "Google Drive",
}


def synced_by(path: str) -> str | None:
    """Return the program that syncs a file's folder, or None if none is known."""
    folder = os.path.dirname(os.path.realpath(os.path.abspath(path)))
    while True:
        name = os.path.basename(folder).casefold()
        for known, whose in _NAMES.items():
            # OneDrive - Firm, Dropbox (Personal), GoogleDrive-me@example.com, but box-office is an ordinary name
            longer = (f"{known} - ", f"{known} (", *(() if known in _WORDS else (f"{known}-",)))
            if name == known or name.startswith(longer):
                return whose
        for mark, whose in _MARKS.items():
            if os.path.exists(os.path.join(folder, mark)):
                return whose
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def warning(path: str) -> str:
    """Return a warning about the database's location, or "" if it isn't known to be synced."""
    whose = synced_by(path)
    if whose is None:
        return ""
    return (
        f"{path} is in a folder that {whose} syncs to other computers. Client lists can leak that way, and two "
        "computers writing to it can damage it. Move it somewhere else, and sync only backups."
    )
