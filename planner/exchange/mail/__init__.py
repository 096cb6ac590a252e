"""IMAP mailboxes and the emails in them."""
