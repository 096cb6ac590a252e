"""Tests of the phone's commands."""
