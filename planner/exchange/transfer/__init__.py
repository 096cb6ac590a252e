"""Files and servers of import and export."""
