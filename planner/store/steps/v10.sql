-- From schema 9 to 10: odds by the end of the month and in the end, what falls due next, what was said each morning.
-- This is history: it is never edited once released, whatever the tables become.

CREATE TABLE said_odds (
  id INTEGER NOT NULL,
  day VARCHAR NOT NULL,
  target INTEGER NOT NULL,
  quota INTEGER NOT NULL,
  p_plan INTEGER NOT NULL,
  p_quota INTEGER,
  median INTEGER NOT NULL,
  low INTEGER NOT NULL,
  high INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (day)
);

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
  p_plan_end INTEGER,
  p_quota_end INTEGER,
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
  next_due VARCHAR NOT NULL,
  PRIMARY KEY (day)
)
 WITHOUT ROWID;
