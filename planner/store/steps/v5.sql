-- From schema 4 to 5: calling sessions, the playbook, meetings of one's own.
-- This is history: it is never edited once released, whatever the tables become.


CREATE TABLE call_session (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  kind VARCHAR DEFAULT 'session' NOT NULL,
  day VARCHAR NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  paused INTEGER DEFAULT 0 NOT NULL,
  calls INTEGER
);

CREATE INDEX call_session_day ON call_session (day);

CREATE TABLE call_state (
  id INTEGER NOT NULL,
  day VARCHAR NOT NULL,
  seen INTEGER NOT NULL,
  session_id INTEGER,
  sprint_id INTEGER,
  contact_id INTEGER,
  began INTEGER,
  ended INTEGER,
  gap_from INTEGER,
  paused_at INTEGER,
  note VARCHAR DEFAULT '' NOT NULL,
  skipped VARCHAR DEFAULT '[]' NOT NULL,
  PRIMARY KEY (id)
);

CREATE TABLE drill (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  objection VARCHAR NOT NULL,
  step INTEGER NOT NULL,
  due VARCHAR NOT NULL,
  times INTEGER NOT NULL,
  fluent INTEGER NOT NULL,
  UNIQUE (objection)
);

ALTER TABLE contact_way RENAME TO old_contact_way;

DROP INDEX contact_way_change;

DROP INDEX contact_way_contact;

DROP INDEX contact_way_key;

CREATE TABLE contact_way (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  contact_id INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  value VARCHAR NOT NULL,
  "key" VARCHAR NOT NULL,
  label VARCHAR NOT NULL,
  position INTEGER NOT NULL,
  change_id INTEGER,
  wrong INTEGER DEFAULT 0 NOT NULL,
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);

INSERT INTO contact_way (id, contact_id, kind, value, key, label, position, change_id) SELECT id, contact_id, kind, value, key, label, position, change_id FROM old_contact_way;

-- ids are never used twice, even after the newest row was deleted
DELETE FROM sqlite_sequence WHERE name = 'contact_way';

INSERT INTO sqlite_sequence (name, seq) SELECT 'contact_way', seq FROM sqlite_sequence WHERE name = 'old_contact_way';

DROP TABLE old_contact_way;

CREATE INDEX contact_way_change ON contact_way (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX contact_way_contact ON contact_way (contact_id);

CREATE INDEX contact_way_key ON contact_way (kind, "key");

ALTER TABLE event RENAME TO old_event;

DROP INDEX event_change;

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
  UNIQUE (uid),
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL
);

INSERT INTO event (id, uid, title, place, source, until, created_at, change_id) SELECT id, uid, title, place, source, until, created_at, change_id FROM old_event;

-- ids are never used twice, even after the newest row was deleted
DELETE FROM sqlite_sequence WHERE name = 'event';

INSERT INTO sqlite_sequence (name, seq) SELECT 'event', seq FROM sqlite_sequence WHERE name = 'old_event';

DROP TABLE old_event;

CREATE INDEX event_change ON event (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX event_contact ON event (contact_id) WHERE contact_id IS NOT NULL;

ALTER TABLE activity RENAME TO old_activity;

DROP INDEX activity_change;

DROP INDEX activity_contact;

DROP INDEX activity_day;

DROP INDEX activity_deal;

CREATE TABLE activity (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  day VARCHAR NOT NULL,
  local_time VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  outcome VARCHAR,
  count INTEGER NOT NULL,
  contact_id INTEGER,
  amount INTEGER,
  minutes INTEGER,
  reason VARCHAR,
  note VARCHAR,
  logged_at INTEGER NOT NULL,
  deal_id INTEGER,
  change_id INTEGER,
  session_id INTEGER,
  seconds INTEGER,
  gap INTEGER,
  CONSTRAINT count_above_zero CHECK (count > 0),
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL,
  FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE SET NULL
);

INSERT INTO activity (id, at, day, local_time, kind, outcome, count, contact_id, amount, minutes, reason, note, logged_at, deal_id, change_id) SELECT id, at, day, local_time, kind, outcome, count, contact_id, amount, minutes, reason, note, logged_at, deal_id, change_id FROM old_activity;

-- ids are never used twice, even after the newest row was deleted
DELETE FROM sqlite_sequence WHERE name = 'activity';

INSERT INTO sqlite_sequence (name, seq) SELECT 'activity', seq FROM sqlite_sequence WHERE name = 'old_activity';

DROP TABLE old_activity;

CREATE INDEX activity_change ON activity (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX activity_contact ON activity (contact_id, day) WHERE contact_id IS NOT NULL;

CREATE INDEX activity_day ON activity (day);

CREATE INDEX activity_deal ON activity (deal_id) WHERE deal_id IS NOT NULL;

CREATE TRIGGER activity_counted AFTER INSERT ON activity BEGIN
  INSERT INTO day_count (day, dials, conversations, meetings_booked, meetings_held, no_shows, proposals, deals, emails, referrals, refusals, stops_refused, stops_given_in, revenue) VALUES (NEW.day,
    coalesce(NEW.count * (NEW.kind = 'dial'), 0),
    coalesce(NEW.count * (NEW.kind = 'conversation' OR (NEW.kind = 'dial' AND NEW.outcome IN ('conversation', 'callback', 'refused', 'meeting'))), 0),
    coalesce(NEW.count * (NEW.kind = 'meeting-booked' OR (NEW.kind = 'dial' AND NEW.outcome = 'meeting')), 0),
    coalesce(NEW.count * (NEW.kind = 'meeting-held' AND coalesce(NEW.outcome, '') <> 'no-show'), 0),
    coalesce(NEW.count * (NEW.kind = 'meeting-held' AND NEW.outcome = 'no-show'), 0),
    coalesce(NEW.count * (NEW.kind = 'proposal'), 0),
    coalesce(NEW.count * (NEW.kind = 'deal'), 0),
    coalesce(NEW.count * (NEW.kind = 'email'), 0),
    coalesce(NEW.count * (NEW.kind = 'referral'), 0),
    coalesce(NEW.count * (NEW.kind = 'dial' AND NEW.outcome = 'refused'), 0),
    coalesce(NEW.count * (NEW.kind = 'stop' AND coalesce(NEW.outcome, 'refused') = 'refused'), 0),
    coalesce(NEW.count * (NEW.kind = 'stop' AND NEW.outcome = 'given-in'), 0),
    coalesce(coalesce(NEW.amount, 0) * (NEW.kind IN ('deal', 'payment')), 0))
  ON CONFLICT (day) DO UPDATE SET
    dials = dials + excluded.dials,
    conversations = conversations + excluded.conversations,
    meetings_booked = meetings_booked + excluded.meetings_booked,
    meetings_held = meetings_held + excluded.meetings_held,
    no_shows = no_shows + excluded.no_shows,
    proposals = proposals + excluded.proposals,
    deals = deals + excluded.deals,
    emails = emails + excluded.emails,
    referrals = referrals + excluded.referrals,
    refusals = refusals + excluded.refusals,
    stops_refused = stops_refused + excluded.stops_refused,
    stops_given_in = stops_given_in + excluded.stops_given_in,
    revenue = revenue + excluded.revenue;
END;

CREATE TRIGGER activity_uncounted AFTER DELETE ON activity BEGIN
  INSERT INTO day_count (day, dials, conversations, meetings_booked, meetings_held, no_shows, proposals, deals, emails, referrals, refusals, stops_refused, stops_given_in, revenue) VALUES (OLD.day,
    coalesce(-OLD.count * (OLD.kind = 'dial'), 0),
    coalesce(-OLD.count * (OLD.kind = 'conversation' OR (OLD.kind = 'dial' AND OLD.outcome IN ('conversation', 'callback', 'refused', 'meeting'))), 0),
    coalesce(-OLD.count * (OLD.kind = 'meeting-booked' OR (OLD.kind = 'dial' AND OLD.outcome = 'meeting')), 0),
    coalesce(-OLD.count * (OLD.kind = 'meeting-held' AND coalesce(OLD.outcome, '') <> 'no-show'), 0),
    coalesce(-OLD.count * (OLD.kind = 'meeting-held' AND OLD.outcome = 'no-show'), 0),
    coalesce(-OLD.count * (OLD.kind = 'proposal'), 0),
    coalesce(-OLD.count * (OLD.kind = 'deal'), 0),
    coalesce(-OLD.count * (OLD.kind = 'email'), 0),
    coalesce(-OLD.count * (OLD.kind = 'referral'), 0),
    coalesce(-OLD.count * (OLD.kind = 'dial' AND OLD.outcome = 'refused'), 0),
    coalesce(-OLD.count * (OLD.kind = 'stop' AND coalesce(OLD.outcome, 'refused') = 'refused'), 0),
    coalesce(-OLD.count * (OLD.kind = 'stop' AND OLD.outcome = 'given-in'), 0),
    coalesce(-coalesce(OLD.amount, 0) * (OLD.kind IN ('deal', 'payment')), 0))
  ON CONFLICT (day) DO UPDATE SET
    dials = dials + excluded.dials,
    conversations = conversations + excluded.conversations,
    meetings_booked = meetings_booked + excluded.meetings_booked,
    meetings_held = meetings_held + excluded.meetings_held,
    no_shows = no_shows + excluded.no_shows,
    proposals = proposals + excluded.proposals,
    deals = deals + excluded.deals,
    emails = emails + excluded.emails,
    referrals = referrals + excluded.referrals,
    refusals = refusals + excluded.refusals,
    stops_refused = stops_refused + excluded.stops_refused,
    stops_given_in = stops_given_in + excluded.stops_given_in,
    revenue = revenue + excluded.revenue;
END;

CREATE TRIGGER activity_recounted AFTER UPDATE ON activity BEGIN
  INSERT INTO day_count (day, dials, conversations, meetings_booked, meetings_held, no_shows, proposals, deals, emails, referrals, refusals, stops_refused, stops_given_in, revenue) VALUES (OLD.day,
    coalesce(-OLD.count * (OLD.kind = 'dial'), 0),
    coalesce(-OLD.count * (OLD.kind = 'conversation' OR (OLD.kind = 'dial' AND OLD.outcome IN ('conversation', 'callback', 'refused', 'meeting'))), 0),
    coalesce(-OLD.count * (OLD.kind = 'meeting-booked' OR (OLD.kind = 'dial' AND OLD.outcome = 'meeting')), 0),
    coalesce(-OLD.count * (OLD.kind = 'meeting-held' AND coalesce(OLD.outcome, '') <> 'no-show'), 0),
    coalesce(-OLD.count * (OLD.kind = 'meeting-held' AND OLD.outcome = 'no-show'), 0),
    coalesce(-OLD.count * (OLD.kind = 'proposal'), 0),
    coalesce(-OLD.count * (OLD.kind = 'deal'), 0),
    coalesce(-OLD.count * (OLD.kind = 'email'), 0),
    coalesce(-OLD.count * (OLD.kind = 'referral'), 0),
    coalesce(-OLD.count * (OLD.kind = 'dial' AND OLD.outcome = 'refused'), 0),
    coalesce(-OLD.count * (OLD.kind = 'stop' AND coalesce(OLD.outcome, 'refused') = 'refused'), 0),
    coalesce(-OLD.count * (OLD.kind = 'stop' AND OLD.outcome = 'given-in'), 0),
    coalesce(-coalesce(OLD.amount, 0) * (OLD.kind IN ('deal', 'payment')), 0))
  ON CONFLICT (day) DO UPDATE SET
    dials = dials + excluded.dials,
    conversations = conversations + excluded.conversations,
    meetings_booked = meetings_booked + excluded.meetings_booked,
    meetings_held = meetings_held + excluded.meetings_held,
    no_shows = no_shows + excluded.no_shows,
    proposals = proposals + excluded.proposals,
    deals = deals + excluded.deals,
    emails = emails + excluded.emails,
    referrals = referrals + excluded.referrals,
    refusals = refusals + excluded.refusals,
    stops_refused = stops_refused + excluded.stops_refused,
    stops_given_in = stops_given_in + excluded.stops_given_in,
    revenue = revenue + excluded.revenue;
  INSERT INTO day_count (day, dials, conversations, meetings_booked, meetings_held, no_shows, proposals, deals, emails, referrals, refusals, stops_refused, stops_given_in, revenue) VALUES (NEW.day,
    coalesce(NEW.count * (NEW.kind = 'dial'), 0),
    coalesce(NEW.count * (NEW.kind = 'conversation' OR (NEW.kind = 'dial' AND NEW.outcome IN ('conversation', 'callback', 'refused', 'meeting'))), 0),
    coalesce(NEW.count * (NEW.kind = 'meeting-booked' OR (NEW.kind = 'dial' AND NEW.outcome = 'meeting')), 0),
    coalesce(NEW.count * (NEW.kind = 'meeting-held' AND coalesce(NEW.outcome, '') <> 'no-show'), 0),
    coalesce(NEW.count * (NEW.kind = 'meeting-held' AND NEW.outcome = 'no-show'), 0),
    coalesce(NEW.count * (NEW.kind = 'proposal'), 0),
    coalesce(NEW.count * (NEW.kind = 'deal'), 0),
    coalesce(NEW.count * (NEW.kind = 'email'), 0),
    coalesce(NEW.count * (NEW.kind = 'referral'), 0),
    coalesce(NEW.count * (NEW.kind = 'dial' AND NEW.outcome = 'refused'), 0),
    coalesce(NEW.count * (NEW.kind = 'stop' AND coalesce(NEW.outcome, 'refused') = 'refused'), 0),
    coalesce(NEW.count * (NEW.kind = 'stop' AND NEW.outcome = 'given-in'), 0),
    coalesce(coalesce(NEW.amount, 0) * (NEW.kind IN ('deal', 'payment')), 0))
  ON CONFLICT (day) DO UPDATE SET
    dials = dials + excluded.dials,
    conversations = conversations + excluded.conversations,
    meetings_booked = meetings_booked + excluded.meetings_booked,
    meetings_held = meetings_held + excluded.meetings_held,
    no_shows = no_shows + excluded.no_shows,
    proposals = proposals + excluded.proposals,
    deals = deals + excluded.deals,
    emails = emails + excluded.emails,
    referrals = referrals + excluded.referrals,
    refusals = refusals + excluded.refusals,
    stops_refused = stops_refused + excluded.stops_refused,
    stops_given_in = stops_given_in + excluded.stops_given_in,
    revenue = revenue + excluded.revenue;
END;

CREATE TABLE call_check (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  activity_id INTEGER NOT NULL,
  day VARCHAR NOT NULL,
  met INTEGER,
  effective INTEGER,
  content INTEGER,
  listened INTEGER,
  why VARCHAR DEFAULT '' NOT NULL,
  FOREIGN KEY(activity_id) REFERENCES activity (id) ON DELETE CASCADE
);

CREATE INDEX call_check_activity ON call_check (activity_id);

CREATE TABLE heard (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  objection VARCHAR NOT NULL,
  way VARCHAR NOT NULL,
  answer VARCHAR NOT NULL,
  sort VARCHAR NOT NULL,
  contact_id INTEGER,
  activity_id INTEGER,
  day VARCHAR NOT NULL,
  at INTEGER NOT NULL,
  worked INTEGER,
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL,
  FOREIGN KEY(activity_id) REFERENCES activity (id) ON DELETE SET NULL
);

CREATE INDEX heard_activity ON heard (activity_id) WHERE activity_id IS NOT NULL;

CREATE INDEX heard_contact ON heard (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX heard_objection ON heard (objection);

CREATE INDEX heard_open ON heard (contact_id) WHERE worked IS NULL;

-- until now a wrong number took its contact off the lists, whichever number it was
UPDATE contact_way SET wrong = 1 WHERE kind = 'phone' AND contact_id IN (SELECT contact_id FROM activity WHERE outcome = 'wrong-number');
