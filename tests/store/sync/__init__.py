"""Tests of several devices."""
