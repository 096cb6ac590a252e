-- From schema 8 to 9: meetings end, quarters and years are planned, people who aren't to be called, reasons on the list.
-- This is history: it is never edited once released, whatever the tables become.

ALTER TABLE month_plan RENAME TO old_month_plan;

CREATE TABLE month_plan (
  id INTEGER NOT NULL,
  month VARCHAR NOT NULL,
  quota INTEGER NOT NULL,
  personal_plan INTEGER NOT NULL,
  average_deal INTEGER,
  expected_other INTEGER NOT NULL,
  starts VARCHAR,
  whole INTEGER NOT NULL,
  calls_per_day INTEGER,
  brought_in INTEGER DEFAULT 0 NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT plan_above_quota CHECK (personal_plan > quota),
  UNIQUE (month)
);

INSERT INTO month_plan (id, month, quota, personal_plan, average_deal, expected_other, starts, whole, calls_per_day) SELECT id, month, quota, personal_plan, average_deal, expected_other, starts, whole, calls_per_day FROM old_month_plan;

DROP TABLE old_month_plan;

ALTER TABLE contact RENAME TO old_contact;

DROP INDEX contact_chance;

DROP INDEX contact_change;

DROP INDEX contact_company;

DROP INDEX contact_name;

DROP INDEX contact_referrer;

CREATE TABLE contact (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uid VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  created_at INTEGER NOT NULL,
  company_id INTEGER,
  role VARCHAR DEFAULT '' NOT NULL,
  kind VARCHAR DEFAULT '' NOT NULL,
  need VARCHAR DEFAULT '' NOT NULL,
  decides INTEGER DEFAULT 0 NOT NULL,
  source VARCHAR DEFAULT '' NOT NULL,
  supplier VARCHAR DEFAULT '' NOT NULL,
  supplier_weak VARCHAR DEFAULT '' NOT NULL,
  city VARCHAR DEFAULT '' NOT NULL,
  birthday VARCHAR,
  tags VARCHAR DEFAULT '[]' NOT NULL,
  notes VARCHAR DEFAULT '' NOT NULL,
  referrer_id INTEGER,
  change_id INTEGER,
  languages VARCHAR DEFAULT '' NOT NULL,
  preferences VARCHAR DEFAULT '' NOT NULL,
  supplier_until VARCHAR,
  dates VARCHAR DEFAULT '[]' NOT NULL,
  tier VARCHAR DEFAULT '' NOT NULL,
  rhythm INTEGER,
  consent VARCHAR DEFAULT '' NOT NULL,
  mailing VARCHAR DEFAULT '' NOT NULL,
  do_not_call INTEGER DEFAULT 0 NOT NULL,
  zone VARCHAR DEFAULT '' NOT NULL,
  UNIQUE (uid),
  FOREIGN KEY(company_id) REFERENCES company (id) ON DELETE SET NULL,
  FOREIGN KEY(referrer_id) REFERENCES contact (id) ON DELETE SET NULL
);

INSERT INTO contact (id, uid, name, created_at, company_id, role, kind, need, decides, source, supplier, supplier_weak, city, birthday, tags, notes, referrer_id, change_id, languages, preferences, supplier_until, dates, tier, rhythm, consent, mailing) SELECT id, uid, name, created_at, company_id, role, kind, need, decides, source, supplier, supplier_weak, city, birthday, tags, notes, referrer_id, change_id, languages, preferences, supplier_until, dates, tier, rhythm, consent, mailing FROM old_contact;

DELETE FROM sqlite_sequence WHERE name = 'contact';

INSERT INTO sqlite_sequence (name, seq) SELECT 'contact', seq FROM sqlite_sequence WHERE name = 'old_contact';

DROP TABLE old_contact;

CREATE INDEX contact_chance ON contact (supplier_until) WHERE supplier_until IS NOT NULL;

CREATE INDEX contact_change ON contact (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX contact_company ON contact (company_id) WHERE company_id IS NOT NULL;

CREATE INDEX contact_name ON contact (name COLLATE NOCASE);

CREATE INDEX contact_referrer ON contact (referrer_id) WHERE referrer_id IS NOT NULL;

CREATE TRIGGER contact_search_insert AFTER INSERT ON contact BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'contact', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'contact' AND row_id = NEW.id);
END;

CREATE TRIGGER contact_search_update AFTER UPDATE ON contact BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'contact', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'contact' AND row_id = NEW.id);
END;

CREATE TRIGGER contact_search_delete AFTER DELETE ON contact BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'contact', OLD.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'contact' AND row_id = OLD.id);
END;

ALTER TABLE list_entry RENAME TO old_list_entry;

DROP INDEX list_entry_built;

DROP INDEX list_entry_contact;

DROP INDEX list_entry_once;

CREATE TABLE list_entry (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  day VARCHAR NOT NULL,
  contact_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  built_on VARCHAR NOT NULL,
  reason VARCHAR DEFAULT '' NOT NULL,
  asked_at INTEGER,
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);

INSERT INTO list_entry (id, day, contact_id, position, built_on) SELECT id, day, contact_id, position, built_on FROM old_list_entry;

DELETE FROM sqlite_sequence WHERE name = 'list_entry';

INSERT INTO sqlite_sequence (name, seq) SELECT 'list_entry', seq FROM sqlite_sequence WHERE name = 'old_list_entry';

DROP TABLE old_list_entry;

CREATE INDEX list_entry_built ON list_entry (built_on);

CREATE INDEX list_entry_contact ON list_entry (contact_id);

CREATE UNIQUE INDEX list_entry_once ON list_entry (day, contact_id);

ALTER TABLE event RENAME TO old_event;

DROP INDEX event_change;

DROP INDEX event_contact;

CREATE TABLE event (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uid VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  place VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  until VARCHAR,
  created_at INTEGER NOT NULL,
  change_id INTEGER,
  contact_id INTEGER,
  booking_id INTEGER,
  UNIQUE (uid),
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL,
  FOREIGN KEY(booking_id) REFERENCES activity (id) ON DELETE SET NULL
);

INSERT INTO event (id, uid, title, place, source, until, created_at, change_id, contact_id) SELECT id, uid, title, place, source, until, created_at, change_id, contact_id FROM old_event;

DELETE FROM sqlite_sequence WHERE name = 'event';

INSERT INTO sqlite_sequence (name, seq) SELECT 'event', seq FROM sqlite_sequence WHERE name = 'old_event';

DROP TABLE old_event;

CREATE INDEX event_booking ON event (booking_id) WHERE booking_id IS NOT NULL;

CREATE INDEX event_change ON event (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX event_contact ON event (contact_id) WHERE contact_id IS NOT NULL;

CREATE TABLE period_plan (
  id INTEGER NOT NULL,
  period VARCHAR NOT NULL,
  quota INTEGER NOT NULL,
  personal_plan INTEGER,
  PRIMARY KEY (id),
  UNIQUE (period)
);

CREATE TABLE meeting_outcome (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  event_id INTEGER NOT NULL,
  start_at INTEGER NOT NULL,
  outcome VARCHAR NOT NULL,
  activity_id INTEGER,
  FOREIGN KEY(event_id) REFERENCES event (id) ON DELETE CASCADE,
  FOREIGN KEY(activity_id) REFERENCES activity (id) ON DELETE CASCADE
);

CREATE INDEX meeting_outcome_activity ON meeting_outcome (activity_id) WHERE activity_id IS NOT NULL;

CREATE UNIQUE INDEX meeting_outcome_once ON meeting_outcome (event_id, start_at);

-- meetings that were booked in a calling session belong to the call they were booked with
UPDATE event SET booking_id = (
  SELECT activity.id FROM activity
  WHERE activity.contact_id = event.contact_id AND activity.outcome = 'meeting' AND activity.logged_at = event.created_at
) WHERE source = '' AND contact_id IS NOT NULL;

-- what is laid is derived: it is laid anew
DELETE FROM laid_target;

DELETE FROM laid_window;

DELETE FROM laid_day;

DROP TABLE laid_block;

CREATE TABLE laid_block (
  day TEXT NOT NULL,
  seq INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  position INTEGER,
  dropped INTEGER NOT NULL,
  mark VARCHAR,
  clash VARCHAR NOT NULL,
  meeting_id INTEGER,
  PRIMARY KEY (day, seq),
  FOREIGN KEY(day) REFERENCES laid_day (day) ON DELETE CASCADE
)
 WITHOUT ROWID;
