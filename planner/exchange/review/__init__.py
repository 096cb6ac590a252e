"""The review as a file: Markdown, or an HTML page with charts."""
