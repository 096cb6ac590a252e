-- From schema 3 to 4: weeks and blocks of a day, calendars, the calling list, the close of a day, words of the rep's own.
-- This is history: it is never edited once released, whatever the tables become.


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
  UNIQUE (metric),
  FOREIGN KEY(goal_id) REFERENCES goal (id) ON DELETE SET NULL,
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL
);

INSERT INTO task (id, title, kind, metric, due, priority, rank, state, done_on, since, goal_id, contact_id, minutes, every, series_start, reason, created_at) SELECT id, title, kind, metric, due, priority, rank, state, done_on, since, goal_id, contact_id, minutes, every, series_start, reason, created_at FROM old_task;

-- ids are never used twice, even after the newest row was deleted
DELETE FROM sqlite_sequence WHERE name = 'task';

INSERT INTO sqlite_sequence (name, seq) SELECT 'task', seq FROM sqlite_sequence WHERE name = 'old_task';

DROP TABLE old_task;

CREATE INDEX task_contact ON task (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX task_done ON task (done_on) WHERE state = 'done';

CREATE INDEX task_goal ON task (goal_id) WHERE goal_id IS NOT NULL;

CREATE INDEX task_open ON task (rank) WHERE state = 'open';

ALTER TABLE day RENAME TO old_day;

CREATE TABLE day (
  id INTEGER NOT NULL,
  day VARCHAR NOT NULL,
  opened_at VARCHAR,
  closed_at VARCHAR,
  note VARCHAR NOT NULL,
  went_well VARCHAR DEFAULT '' NOT NULL,
  went_wrong VARCHAR DEFAULT '' NOT NULL,
  what_else VARCHAR DEFAULT '' NOT NULL,
  will_try VARCHAR DEFAULT '' NOT NULL,
  top_three VARCHAR DEFAULT '[]' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (day)
);

INSERT INTO day (id, day, opened_at, closed_at, note) SELECT id, day, opened_at, closed_at, note FROM old_day;

DROP TABLE old_day;

CREATE TABLE day_block (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  day VARCHAR NOT NULL,
  position INTEGER NOT NULL,
  start VARCHAR NOT NULL,
  "end" VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  planned VARCHAR NOT NULL,
  dropped INTEGER NOT NULL,
  mark VARCHAR
);

CREATE INDEX day_block_day ON day_block (day);

CREATE TABLE week_template (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name VARCHAR NOT NULL,
  used INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (name)
);

CREATE TABLE week_block (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  template_id INTEGER NOT NULL,
  weekday INTEGER NOT NULL,
  start VARCHAR NOT NULL,
  "end" VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  FOREIGN KEY(template_id) REFERENCES week_template (id) ON DELETE CASCADE
);

CREATE INDEX week_block_template ON week_block (template_id);

CREATE TABLE event (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uid VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  place VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  until VARCHAR,
  created_at INTEGER NOT NULL,
  change_id INTEGER,
  UNIQUE (uid)
);

CREATE INDEX event_change ON event (change_id) WHERE change_id IS NOT NULL;

CREATE TABLE event_time (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  event_id INTEGER NOT NULL,
  start_at INTEGER NOT NULL,
  end_at INTEGER NOT NULL,
  floating INTEGER NOT NULL,
  all_day INTEGER NOT NULL,
  busy INTEGER NOT NULL,
  title VARCHAR NOT NULL,
  change_id INTEGER,
  FOREIGN KEY(event_id) REFERENCES event (id) ON DELETE CASCADE
);

CREATE INDEX event_time_change ON event_time (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX event_time_event ON event_time (event_id);

CREATE INDEX event_time_start ON event_time (start_at);

CREATE TABLE list_entry (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  day VARCHAR NOT NULL,
  contact_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  built_on VARCHAR NOT NULL,
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);

CREATE INDEX list_entry_built ON list_entry (built_on);

CREATE INDEX list_entry_contact ON list_entry (contact_id);

CREATE UNIQUE INDEX list_entry_once ON list_entry (day, contact_id);

CREATE TABLE own_words (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  lines VARCHAR NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (name)
);

-- Laid days are derived: they are laid anew, not brought forward.

DELETE FROM laid_target;

DELETE FROM laid_block;

DELETE FROM laid_window;

DELETE FROM laid_day;

DROP TABLE laid_block;

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
  PRIMARY KEY (day, seq),
  FOREIGN KEY(day) REFERENCES laid_day (day) ON DELETE CASCADE
)
 WITHOUT ROWID;
