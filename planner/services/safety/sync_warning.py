"""Where the base lies, and who else may read along there (S27)."""

from __future__ import annotations

import os

# Folders that a program copies to somebody else's computers, by the name of a folder on the way there.
_NAMES = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud drive": "iCloud",
    "iclouddrive": "iCloud",
    "mobile documents": "iCloud",
    "cloudstorage": "a cloud of macOS",
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
    "sync": "a synced folder",
    "tresorit": "Tresorit",
    "proton drive": "Proton Drive",
    "mybox": "Naver MYBOX",
}
_WORDS = frozenset({"box", "mega", "sync"})
# Files that such a program leaves in the folder it copies.
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
    """Whose synced folder a file lies in; None where it lies in none that is known."""
    folder = os.path.dirname(os.path.realpath(os.path.abspath(path)))
    while True:
        name = os.path.basename(folder).casefold()
        for known, whose in _NAMES.items():
            # OneDrive - Firm, Dropbox (Personal), GoogleDrive-me@example.com; but box-office is anybody's word
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
    """What to say of where the base lies; empty where nobody is known to read along."""
    whose = synced_by(path)
    if whose is None:
        return ""
    return (
        f"{path} lies in a folder that {whose} copies to other computers: client lists leak that way, and two programs "
        "writing the same copy can damage it. Keep it elsewhere, and copy backups there."
    )
