"""Screens of the forecast: rates, odds and track record."""
