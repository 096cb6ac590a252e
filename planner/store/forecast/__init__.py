"""Queries of the forecast: rates, odds and their record."""
