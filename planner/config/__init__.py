"""The rep's settings: which there are (`known`), the file as it is read (`reading`) and written (`writing`).

Commented TOML. The file is written only on request; this package is empty, so that who reads loads nothing that writes.
"""
