-- From schema 5 to 6: mail: its windows, looks outside them, letters and those to be written.

CREATE TABLE mail_look (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  day VARCHAR NOT NULL,
  at INTEGER NOT NULL,
  reason VARCHAR NOT NULL,
  ended_at INTEGER
);

CREATE INDEX mail_look_day ON mail_look (day);

CREATE TABLE mail_window (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  day VARCHAR NOT NULL,
  opens VARCHAR NOT NULL,
  planned INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  letters INTEGER
);

CREATE INDEX mail_window_day ON mail_window (day);

CREATE TABLE draft (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  contact_id INTEGER,
  name VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  proposal INTEGER NOT NULL,
  state VARCHAR NOT NULL,
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL
);

CREATE INDEX draft_contact ON draft (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX draft_open ON draft (id) WHERE state = 'open';

CREATE TABLE letter (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  ref VARCHAR NOT NULL,
  account VARCHAR NOT NULL,
  message_id VARCHAR NOT NULL,
  thread VARCHAR NOT NULL,
  refs VARCHAR NOT NULL,
  sender VARCHAR NOT NULL,
  address VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  sent_at INTEGER NOT NULL,
  bulk INTEGER NOT NULL,
  preview VARCHAR NOT NULL,
  contact_id INTEGER,
  decision VARCHAR NOT NULL,
  decided_at INTEGER,
  window_id INTEGER,
  UNIQUE (ref),
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL,
  FOREIGN KEY(window_id) REFERENCES mail_window (id) ON DELETE SET NULL
);

CREATE INDEX letter_contact ON letter (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX letter_waiting ON letter (account) WHERE decision = '';

CREATE INDEX letter_window ON letter (window_id) WHERE window_id IS NOT NULL;
