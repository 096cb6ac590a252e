-- From schema 6 to 7: clients and deals: the whole dossier, complaints, what runs out when, filters, exports, the search.
-- This is history: it is never edited once released, whatever the tables become.


CREATE TABLE export_log (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  what VARCHAR NOT NULL,
  rows INTEGER NOT NULL,
  file VARCHAR NOT NULL
);

CREATE TABLE saved_filter (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name VARCHAR NOT NULL,
  words VARCHAR NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (name)
);

CREATE TABLE search_stale (
  kind VARCHAR NOT NULL,
  row_id INTEGER NOT NULL,
  PRIMARY KEY (kind, row_id)
)
 WITHOUT ROWID;

ALTER TABLE contact RENAME TO old_contact;

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
  UNIQUE (uid),
  FOREIGN KEY(company_id) REFERENCES company (id) ON DELETE SET NULL,
  FOREIGN KEY(referrer_id) REFERENCES contact (id) ON DELETE SET NULL
);

INSERT INTO contact (id, uid, name, created_at, company_id, role, kind, need, decides, source, supplier, supplier_weak, city, birthday, tags, notes, referrer_id, change_id) SELECT id, uid, name, created_at, company_id, role, kind, need, decides, source, supplier, supplier_weak, city, birthday, tags, notes, referrer_id, change_id FROM old_contact;

DELETE FROM sqlite_sequence WHERE name = 'contact';

INSERT INTO sqlite_sequence (name, seq) SELECT 'contact', seq FROM sqlite_sequence WHERE name = 'old_contact';

DROP TABLE old_contact;

CREATE INDEX contact_chance ON contact (supplier_until) WHERE supplier_until IS NOT NULL;

CREATE INDEX contact_change ON contact (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX contact_company ON contact (company_id) WHERE company_id IS NOT NULL;

CREATE INDEX contact_name ON contact (name COLLATE NOCASE);

CREATE INDEX contact_referrer ON contact (referrer_id) WHERE referrer_id IS NOT NULL;

CREATE TABLE complaint (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uid VARCHAR NOT NULL,
  contact_id INTEGER,
  kind VARCHAR NOT NULL,
  text VARCHAR NOT NULL,
  received VARCHAR NOT NULL,
  due VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  agreed VARCHAR NOT NULL,
  compensation VARCHAR NOT NULL,
  escalated VARCHAR NOT NULL,
  done_on VARCHAR,
  created_at INTEGER NOT NULL,
  UNIQUE (uid),
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL
);

CREATE INDEX complaint_contact ON complaint (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX complaint_open ON complaint (due) WHERE state <> 'checked';

ALTER TABLE deal RENAME TO old_deal;

DROP INDEX deal_change;

DROP INDEX deal_company;

DROP INDEX deal_contact;

DROP INDEX deal_open;

CREATE TABLE deal (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uid VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  contact_id INTEGER,
  company_id INTEGER,
  value INTEGER,
  stage VARCHAR NOT NULL,
  opened VARCHAR,
  closed VARCHAR,
  expected_close VARCHAR,
  stage_before VARCHAR,
  reason VARCHAR NOT NULL,
  owner VARCHAR NOT NULL,
  notes VARCHAR NOT NULL,
  created_at INTEGER NOT NULL,
  change_id INTEGER,
  contract_end VARCHAR,
  term_months INTEGER,
  stage_since VARCHAR,
  UNIQUE (uid),
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL,
  FOREIGN KEY(company_id) REFERENCES company (id) ON DELETE SET NULL
);

INSERT INTO deal (id, uid, title, contact_id, company_id, value, stage, opened, closed, expected_close, stage_before, reason, owner, notes, created_at, change_id) SELECT id, uid, title, contact_id, company_id, value, stage, opened, closed, expected_close, stage_before, reason, owner, notes, created_at, change_id FROM old_deal;

DELETE FROM sqlite_sequence WHERE name = 'deal';

INSERT INTO sqlite_sequence (name, seq) SELECT 'deal', seq FROM sqlite_sequence WHERE name = 'old_deal';

DROP TABLE old_deal;

CREATE INDEX deal_change ON deal (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX deal_company ON deal (company_id) WHERE company_id IS NOT NULL;

CREATE INDEX deal_contact ON deal (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX deal_ends ON deal (contract_end) WHERE contract_end IS NOT NULL;

CREATE INDEX deal_open ON deal (stage) WHERE stage NOT IN ('won', 'lost');

ALTER TABLE task RENAME TO old_task;

DROP INDEX task_contact;

DROP INDEX task_done;

DROP INDEX task_goal;

DROP INDEX task_open;

CREATE TABLE task (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  title VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  metric VARCHAR,
  due VARCHAR,
  priority VARCHAR,
  rank INTEGER NOT NULL,
  state VARCHAR NOT NULL,
  done_on VARCHAR,
  since VARCHAR NOT NULL,
  goal_id INTEGER,
  contact_id INTEGER,
  minutes INTEGER,
  every VARCHAR,
  series_start VARCHAR,
  reason VARCHAR NOT NULL,
  created_at INTEGER NOT NULL,
  tags VARCHAR DEFAULT '' NOT NULL,
  missed INTEGER DEFAULT 0 NOT NULL,
  from_done INTEGER DEFAULT 0 NOT NULL,
  placed INTEGER DEFAULT 0 NOT NULL,
  done_time VARCHAR,
  care VARCHAR DEFAULT '' NOT NULL,
  about VARCHAR DEFAULT '' NOT NULL,
  deal_id INTEGER,
  UNIQUE (metric),
  FOREIGN KEY(goal_id) REFERENCES goal (id) ON DELETE SET NULL,
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL,
  FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE SET NULL
);

INSERT INTO task (id, title, kind, metric, due, priority, rank, state, done_on, since, goal_id, contact_id, minutes, every, series_start, reason, created_at, tags, missed, from_done, placed, done_time) SELECT id, title, kind, metric, due, priority, rank, state, done_on, since, goal_id, contact_id, minutes, every, series_start, reason, created_at, tags, missed, from_done, placed, done_time FROM old_task;

DELETE FROM sqlite_sequence WHERE name = 'task';

INSERT INTO sqlite_sequence (name, seq) SELECT 'task', seq FROM sqlite_sequence WHERE name = 'old_task';

DROP TABLE old_task;

CREATE INDEX task_contact ON task (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX task_deal ON task (deal_id) WHERE deal_id IS NOT NULL;

CREATE INDEX task_done ON task (done_on) WHERE state = 'done';

CREATE INDEX task_goal ON task (goal_id) WHERE goal_id IS NOT NULL;

CREATE INDEX task_open ON task (rank) WHERE state = 'open';

CREATE VIRTUAL TABLE search_contact USING fts5 (name, ways, rest, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);

CREATE VIRTUAL TABLE search_text USING fts5 (body, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);

CREATE INDEX activity_real ON activity (contact_id, day) WHERE contact_id IS NOT NULL AND (kind = 'conversation' OR (kind = 'dial' AND outcome IN ('conversation', 'callback', 'refused', 'meeting')) OR (kind = 'meeting-held' AND coalesce(outcome, '') <> 'no-show'));

CREATE TRIGGER contact_search_insert AFTER INSERT ON contact BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'contact', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'contact' AND row_id = NEW.id);
END;

CREATE TRIGGER contact_search_update AFTER UPDATE ON contact BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'contact', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'contact' AND row_id = NEW.id);
END;

CREATE TRIGGER contact_search_delete AFTER DELETE ON contact BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'contact', OLD.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'contact' AND row_id = OLD.id);
END;

CREATE TRIGGER deal_search_insert AFTER INSERT ON deal BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'deal', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'deal' AND row_id = NEW.id);
END;

CREATE TRIGGER deal_search_update AFTER UPDATE ON deal BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'deal', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'deal' AND row_id = NEW.id);
END;

CREATE TRIGGER deal_search_delete AFTER DELETE ON deal BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'deal', OLD.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'deal' AND row_id = OLD.id);
END;

CREATE TRIGGER promise_search_insert AFTER INSERT ON promise BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'promise', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'promise' AND row_id = NEW.id);
END;

CREATE TRIGGER promise_search_update AFTER UPDATE ON promise BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'promise', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'promise' AND row_id = NEW.id);
END;

CREATE TRIGGER promise_search_delete AFTER DELETE ON promise BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'promise', OLD.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'promise' AND row_id = OLD.id);
END;

CREATE TRIGGER complaint_search_insert AFTER INSERT ON complaint BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'complaint', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'complaint' AND row_id = NEW.id);
END;

CREATE TRIGGER complaint_search_update AFTER UPDATE ON complaint BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'complaint', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'complaint' AND row_id = NEW.id);
END;

CREATE TRIGGER complaint_search_delete AFTER DELETE ON complaint BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'complaint', OLD.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'complaint' AND row_id = OLD.id);
END;

CREATE TRIGGER activity_search_insert AFTER INSERT ON activity WHEN NEW.note IS NOT NULL BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'activity', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'activity' AND row_id = NEW.id);
END;

CREATE TRIGGER activity_search_update AFTER UPDATE ON activity WHEN NEW.note IS NOT NULL OR OLD.note IS NOT NULL BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'activity', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'activity' AND row_id = NEW.id);
END;

CREATE TRIGGER activity_search_delete AFTER DELETE ON activity WHEN OLD.note IS NOT NULL BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'activity', OLD.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'activity' AND row_id = OLD.id);
END;

CREATE TRIGGER task_search_insert AFTER INSERT ON task WHEN NEW.kind <> 'counter' BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'task', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'task' AND row_id = NEW.id);
END;

CREATE TRIGGER task_search_update AFTER UPDATE ON task WHEN NEW.kind <> 'counter' OR OLD.kind <> 'counter' BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'task', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'task' AND row_id = NEW.id);
END;

CREATE TRIGGER task_search_delete AFTER DELETE ON task WHEN OLD.kind <> 'counter' BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'task', OLD.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'task' AND row_id = OLD.id);
END;

CREATE TRIGGER contact_way_search_insert AFTER INSERT ON contact_way BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'contact', NEW.contact_id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'contact' AND row_id = NEW.contact_id);
END;

CREATE TRIGGER contact_way_search_update AFTER UPDATE ON contact_way BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'contact', NEW.contact_id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'contact' AND row_id = NEW.contact_id);
END;

CREATE TRIGGER contact_way_search_delete AFTER DELETE ON contact_way BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'contact', OLD.contact_id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'contact' AND row_id = OLD.contact_id);
END;

CREATE TRIGGER company_search_update AFTER UPDATE ON company BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'contact', contact.id FROM contact WHERE company_id = NEW.id AND NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'contact' AND row_id = contact.id);
END;

-- all that was written before is read by the search at its next opening
INSERT INTO search_stale (kind, row_id) SELECT 'contact', id FROM contact;
INSERT INTO search_stale (kind, row_id) SELECT 'deal', id FROM deal;
INSERT INTO search_stale (kind, row_id) SELECT 'promise', id FROM promise;
INSERT INTO search_stale (kind, row_id) SELECT 'activity', id FROM activity WHERE note IS NOT NULL;
INSERT INTO search_stale (kind, row_id) SELECT 'task', id FROM task WHERE kind <> 'counter';

UPDATE deal SET stage_since = coalesce(closed, opened);
