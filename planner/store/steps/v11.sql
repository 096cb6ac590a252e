-- From schema 10 to 11: calendars that are subscribed to, and the events that are theirs.
-- This is history: it is never edited once released, whatever the tables become.

CREATE TABLE calendar (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  place VARCHAR NOT NULL,
  local INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  etag VARCHAR NOT NULL,
  modified VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  fetched_at INTEGER,
  tried_at INTEGER,
  problem VARCHAR NOT NULL,
  UNIQUE (name)
);

DELETE FROM laid_day;

DELETE FROM laid_block;

DELETE FROM laid_target;

DELETE FROM laid_window;

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
  calendar VARCHAR NOT NULL,
  PRIMARY KEY (day, seq),
  FOREIGN KEY(day) REFERENCES laid_day (day) ON DELETE CASCADE
)
 WITHOUT ROWID;

ALTER TABLE event RENAME TO old_event;

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
  calendar_id INTEGER,
  UNIQUE (uid),
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL,
  FOREIGN KEY(booking_id) REFERENCES activity (id) ON DELETE SET NULL,
  FOREIGN KEY(calendar_id) REFERENCES calendar (id) ON DELETE SET NULL
);

INSERT INTO event (id, uid, title, place, source, until, created_at, change_id, contact_id, booking_id) SELECT id, uid, title, place, source, until, created_at, change_id, contact_id, booking_id FROM old_event;

DELETE FROM sqlite_sequence WHERE name = 'event';

INSERT INTO sqlite_sequence (name, seq) SELECT 'event', seq FROM sqlite_sequence WHERE name = 'old_event';

DROP TABLE old_event;

CREATE INDEX event_booking ON event (booking_id) WHERE booking_id IS NOT NULL;

CREATE INDEX event_calendar ON event (calendar_id) WHERE calendar_id IS NOT NULL;

CREATE INDEX event_change ON event (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX event_contact ON event (contact_id) WHERE contact_id IS NOT NULL;
