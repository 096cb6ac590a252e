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
  reply_to VARCHAR NOT NULL,
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

-- what is laid is derived: it is laid anew
DELETE FROM laid_target;

DELETE FROM laid_block;

DELETE FROM laid_window;

DROP TABLE laid_day;

CREATE TABLE laid_day (
  day VARCHAR NOT NULL,
  "key" VARCHAR NOT NULL,
  weight INTEGER NOT NULL,
  month_first VARCHAR NOT NULL,
  month_last VARCHAR NOT NULL,
  days_total INTEGER NOT NULL,
  days_elapsed INTEGER NOT NULL,
  days_left INTEGER NOT NULL,
  quota INTEGER,
  personal_plan INTEGER,
  currency VARCHAR,
  wish VARCHAR,
  for_whom VARCHAR,
  picture VARCHAR,
  serves VARCHAR,
  mail_minutes INTEGER NOT NULL,
  mail_next VARCHAR DEFAULT '' NOT NULL,
  asked_minutes INTEGER,
  available_minutes INTEGER NOT NULL,
  p_plan INTEGER,
  p_quota INTEGER,
  forecast INTEGER,
  forecast_low INTEGER,
  forecast_high INTEGER,
  noes INTEGER,
  noes_low INTEGER,
  noes_high INTEGER,
  holds INTEGER,
  advice VARCHAR NOT NULL,
  odds_key VARCHAR NOT NULL,
  list_day VARCHAR NOT NULL,
  will_try VARCHAR NOT NULL,
  day_notes VARCHAR NOT NULL,
  PRIMARY KEY (day)
)
 WITHOUT ROWID;
