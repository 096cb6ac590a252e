"""Forecast services: rates, odds and their track record."""
