"""The default paths are computed by hand and checked against platformdirs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs.macos
import platformdirs.unix
import pytest

from planner import paths
from planner.domain.errors import InputError


@pytest.mark.parametrize("given", [None, "/somewhere/else", "relative", "", "  "])
def test_linux_paths(monkeypatch: pytest.MonkeyPatch, given: str | None) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        if given is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, given)
    theirs = platformdirs.unix.Unix("planner", appauthor=False)
    if given == "relative":  # the standard says to ignore a relative one
        assert os.path.isabs(paths.data_dir())
        return
    assert paths.data_dir() == theirs.user_data_dir
    assert paths.config_dir() == theirs.user_config_dir
    assert paths.log_dir() == theirs.user_log_dir


def test_mac_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    theirs = platformdirs.macos.MacOS("planner", appauthor=False)
    assert paths.data_dir() == theirs.user_data_dir
    assert paths.config_dir() == theirs.user_config_dir
    assert paths.log_dir() == theirs.user_log_dir


def test_windows_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    # platformdirs asks the registry on Windows. It documents %LOCALAPPDATA%\planner, and \Logs below it
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "LOCAL")
    assert paths.data_dir() == paths.config_dir() == os.path.join("LOCAL", "planner")
    assert paths.log_dir() == os.path.join("LOCAL", "planner", "Logs")


def test_explicit_database_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLANNER_DB", str(tmp_path / "by-variable.db"))
    assert paths.database() == str(tmp_path / "by-variable.db")
    assert paths.database(str(tmp_path / "by-option.db")) == str(tmp_path / "by-option.db")
    assert paths.database(f"sqlite:///{tmp_path}/by-url.db") == str(tmp_path / "by-url.db")
    for bad in ("http://x", "sqlite://x", "sqlite:///", "postgresql:///x"):
        with pytest.raises(InputError):
            paths.database(bad)
