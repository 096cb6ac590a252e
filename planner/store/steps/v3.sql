-- From schema 2 to 3: what a day holds, who asked for a target, the odds of a laid day.
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
  PRIMARY KEY (id),
  CONSTRAINT plan_above_quota CHECK (personal_plan > quota),
  UNIQUE (month)
);

INSERT INTO month_plan (id, month, quota, personal_plan, average_deal, expected_other, starts, whole) SELECT id, month, quota, personal_plan, average_deal, expected_other, starts, whole FROM old_month_plan;

DROP TABLE old_month_plan;

ALTER TABLE day_target RENAME TO old_day_target;

DROP INDEX day_target_once;

CREATE TABLE day_target (
  id INTEGER NOT NULL,
  day VARCHAR NOT NULL,
  metric VARCHAR NOT NULL,
  target INTEGER NOT NULL,
  goal_id INTEGER,
  source VARCHAR DEFAULT 'goal' NOT NULL,
  other INTEGER,
  PRIMARY KEY (id)
);

INSERT INTO day_target (id, day, metric, target, goal_id) SELECT id, day, metric, target, goal_id FROM old_day_target;

DROP TABLE old_day_target;

CREATE UNIQUE INDEX day_target_once ON day_target (day, metric);

-- Laid days are derived: they are laid anew, not brought forward.
DELETE FROM laid_target;

DELETE FROM laid_block;

DELETE FROM laid_window;

DELETE FROM laid_day;

DROP TABLE laid_target;

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
  PRIMARY KEY (day)
)
 WITHOUT ROWID;

CREATE TABLE laid_target (
  day TEXT NOT NULL,
  metric VARCHAR NOT NULL,
  target INTEGER NOT NULL,
  goal_id INTEGER,
  source VARCHAR NOT NULL,
  other INTEGER,
  PRIMARY KEY (day, metric),
  FOREIGN KEY(day) REFERENCES laid_day (day) ON DELETE CASCADE
)
 WITHOUT ROWID;
