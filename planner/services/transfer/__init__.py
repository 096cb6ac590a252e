"""Services of import and export."""
