"""Readers and writers of the files for import and export: CSV, Excel, vCard."""
