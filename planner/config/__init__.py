"""The rep's settings: which exist (`known`), and reading (`reading`) and writing (`writing`) their file.

Commented TOML, written only on request. This package is empty, so that readers don't load the writing code.
"""
