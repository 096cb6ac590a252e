-- From schema 7 to 8: saved reviews with their lines, learning and where it was used; what Today says of both.
-- This is history: it is never edited once released, whatever the tables become.

CREATE TABLE review (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  week VARCHAR NOT NULL,
  step INTEGER NOT NULL,
  started_at VARCHAR NOT NULL,
  finished_at VARCHAR,
  figures VARCHAR NOT NULL,
  UNIQUE (week)
);

CREATE TABLE review_line (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  review_id INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  position INTEGER NOT NULL,
  text VARCHAR NOT NULL,
  cause VARCHAR NOT NULL,
  correction VARCHAR NOT NULL,
  done INTEGER,
  became VARCHAR NOT NULL,
  task_id INTEGER,
  origin VARCHAR NOT NULL,
  FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE,
  FOREIGN KEY(task_id) REFERENCES task (id) ON DELETE SET NULL
);

CREATE INDEX review_line_review ON review_line (review_id);

CREATE INDEX review_line_task ON review_line (task_id) WHERE task_id IS NOT NULL;

CREATE TABLE learning (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  kind VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  author VARCHAR NOT NULL,
  started VARCHAR NOT NULL,
  done_on VARCHAR,
  taken VARCHAR NOT NULL,
  task_id INTEGER,
  created_at INTEGER NOT NULL,
  FOREIGN KEY(task_id) REFERENCES task (id) ON DELETE SET NULL
);

CREATE INDEX learning_task ON learning (task_id) WHERE task_id IS NOT NULL;

CREATE TABLE learning_use (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  learning_id INTEGER NOT NULL,
  day VARCHAR NOT NULL,
  note VARCHAR NOT NULL,
  contact_id INTEGER,
  deal_id INTEGER,
  activity_id INTEGER,
  FOREIGN KEY(learning_id) REFERENCES learning (id) ON DELETE CASCADE,
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL,
  FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE SET NULL,
  FOREIGN KEY(activity_id) REFERENCES activity (id) ON DELETE SET NULL
);

CREATE INDEX learning_use_activity ON learning_use (activity_id) WHERE activity_id IS NOT NULL;

CREATE INDEX learning_use_contact ON learning_use (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX learning_use_deal ON learning_use (deal_id) WHERE deal_id IS NOT NULL;

CREATE INDEX learning_use_learning ON learning_use (learning_id);

CREATE TRIGGER review_line_search_insert AFTER INSERT ON review_line BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'review_line', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'review_line' AND row_id = NEW.id);
END;

CREATE TRIGGER review_line_search_update AFTER UPDATE ON review_line BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'review_line', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'review_line' AND row_id = NEW.id);
END;

CREATE TRIGGER review_line_search_delete AFTER DELETE ON review_line BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'review_line', OLD.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'review_line' AND row_id = OLD.id);
END;

CREATE TRIGGER day_search_insert AFTER INSERT ON day WHEN NEW.went_well || NEW.went_wrong || NEW.what_else || NEW.will_try <> '' BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'day', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'day' AND row_id = NEW.id);
END;

CREATE TRIGGER day_search_update AFTER UPDATE ON day WHEN NEW.went_well || NEW.went_wrong || NEW.what_else || NEW.will_try <> '' OR OLD.went_well || OLD.went_wrong || OLD.what_else || OLD.will_try <> '' BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'day', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'day' AND row_id = NEW.id);
END;

CREATE TRIGGER day_search_delete AFTER DELETE ON day WHEN OLD.went_well || OLD.went_wrong || OLD.what_else || OLD.will_try <> '' BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'day', OLD.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'day' AND row_id = OLD.id);
END;

CREATE TRIGGER learning_search_insert AFTER INSERT ON learning BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'learning', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'learning' AND row_id = NEW.id);
END;

CREATE TRIGGER learning_search_update AFTER UPDATE ON learning BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'learning', NEW.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'learning' AND row_id = NEW.id);
END;

CREATE TRIGGER learning_search_delete AFTER DELETE ON learning BEGIN
  INSERT INTO search_stale (kind, row_id) SELECT 'learning', OLD.id WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'learning' AND row_id = OLD.id);
END;

-- what was said in the evenings before is read by the search at its next opening
INSERT OR IGNORE INTO search_stale (kind, row_id)
  SELECT 'day', id FROM day WHERE went_well || went_wrong || what_else || will_try <> '';

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
  midway VARCHAR NOT NULL,
  bests VARCHAR NOT NULL,
  PRIMARY KEY (day)
)
 WITHOUT ROWID;
