-- The schema of version 11, made from store/tables by `make schema`. Don't edit: change the tables.

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

CREATE TABLE calendar_exception (
  id INTEGER NOT NULL,
  day VARCHAR NOT NULL,
  weight INTEGER NOT NULL,
  note VARCHAR NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (day)
);

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

CREATE TABLE change (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  label VARCHAR NOT NULL,
  undone INTEGER NOT NULL
);

CREATE INDEX change_undone ON change (undone) WHERE undone = 1;

CREATE TABLE company (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uid VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  website VARCHAR NOT NULL,
  city VARCHAR NOT NULL,
  notes VARCHAR NOT NULL,
  created_at INTEGER NOT NULL,
  change_id INTEGER,
  UNIQUE (uid)
);

CREATE INDEX company_change ON company (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX company_name ON company (name COLLATE NOCASE);

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

CREATE TABLE day_count (
  day VARCHAR NOT NULL,
  dials INTEGER NOT NULL,
  conversations INTEGER NOT NULL,
  meetings_booked INTEGER NOT NULL,
  meetings_held INTEGER NOT NULL,
  no_shows INTEGER NOT NULL,
  proposals INTEGER NOT NULL,
  deals INTEGER NOT NULL,
  emails INTEGER NOT NULL,
  referrals INTEGER NOT NULL,
  refusals INTEGER NOT NULL,
  stops_refused INTEGER NOT NULL,
  stops_given_in INTEGER NOT NULL,
  revenue INTEGER NOT NULL,
  PRIMARY KEY (day)
)
 WITHOUT ROWID;

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

CREATE UNIQUE INDEX day_target_once ON day_target (day, metric);

CREATE TABLE drill (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  objection VARCHAR NOT NULL,
  step INTEGER NOT NULL,
  due VARCHAR NOT NULL,
  times INTEGER NOT NULL,
  fluent INTEGER NOT NULL,
  UNIQUE (objection)
);

CREATE TABLE export_log (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  what VARCHAR NOT NULL,
  rows INTEGER NOT NULL,
  file VARCHAR NOT NULL
);

CREATE TABLE goal (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uid VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  horizon VARCHAR NOT NULL,
  first_day VARCHAR NOT NULL,
  last_day VARCHAR NOT NULL,
  parent_id INTEGER,
  metric VARCHAR,
  target INTEGER,
  start_figure INTEGER,
  starts VARCHAR,
  whole INTEGER NOT NULL,
  why VARCHAR NOT NULL,
  for_whom VARCHAR NOT NULL,
  picture VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  tally INTEGER NOT NULL,
  position INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (uid),
  FOREIGN KEY(parent_id) REFERENCES goal (id) ON DELETE SET NULL
);

CREATE INDEX goal_parent ON goal (parent_id);

CREATE TABLE import_ref (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  kind VARCHAR NOT NULL,
  ref VARCHAR NOT NULL,
  read VARCHAR NOT NULL,
  row_id INTEGER NOT NULL,
  change_id INTEGER
);

CREATE INDEX import_ref_change ON import_ref (change_id) WHERE change_id IS NOT NULL;

CREATE UNIQUE INDEX import_ref_once ON import_ref (kind, ref);

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

CREATE TABLE meta (
  id INTEGER NOT NULL,
  "key" VARCHAR NOT NULL,
  value VARCHAR NOT NULL,
  PRIMARY KEY (id),
  UNIQUE ("key")
);

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

CREATE TABLE own_words (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  lines VARCHAR NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (name)
);

CREATE TABLE period_plan (
  id INTEGER NOT NULL,
  period VARCHAR NOT NULL,
  quota INTEGER NOT NULL,
  personal_plan INTEGER,
  PRIMARY KEY (id),
  UNIQUE (period)
);

CREATE TABLE review (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  week VARCHAR NOT NULL,
  step INTEGER NOT NULL,
  started_at VARCHAR NOT NULL,
  finished_at VARCHAR,
  figures VARCHAR NOT NULL,
  UNIQUE (week)
);

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

CREATE TABLE week_template (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name VARCHAR NOT NULL,
  used INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (name)
);

CREATE TABLE change_row (
  change_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  tbl VARCHAR NOT NULL,
  row_id INTEGER NOT NULL,
  image TEXT,
  PRIMARY KEY (change_id, seq),
  FOREIGN KEY(change_id) REFERENCES change (id) ON DELETE CASCADE
)
 WITHOUT ROWID;

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

CREATE INDEX contact_chance ON contact (supplier_until) WHERE supplier_until IS NOT NULL;

CREATE INDEX contact_change ON contact (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX contact_company ON contact (company_id) WHERE company_id IS NOT NULL;

CREATE INDEX contact_name ON contact (name COLLATE NOCASE);

CREATE INDEX contact_referrer ON contact (referrer_id) WHERE referrer_id IS NOT NULL;

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

CREATE TABLE laid_window (
  day TEXT NOT NULL,
  opens VARCHAR NOT NULL,
  closes VARCHAR NOT NULL,
  PRIMARY KEY (day, opens),
  FOREIGN KEY(day) REFERENCES laid_day (day) ON DELETE CASCADE
)
 WITHOUT ROWID;

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

CREATE INDEX contact_way_change ON contact_way (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX contact_way_contact ON contact_way (contact_id);

CREATE INDEX contact_way_key ON contact_way (kind, "key");

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

CREATE INDEX deal_change ON deal (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX deal_company ON deal (company_id) WHERE company_id IS NOT NULL;

CREATE INDEX deal_contact ON deal (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX deal_ends ON deal (contract_end) WHERE contract_end IS NOT NULL;

CREATE INDEX deal_open ON deal (stage) WHERE stage NOT IN ('won', 'lost');

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

CREATE INDEX list_entry_built ON list_entry (built_on);

CREATE INDEX list_entry_contact ON list_entry (contact_id);

CREATE UNIQUE INDEX list_entry_once ON list_entry (day, contact_id);

CREATE TABLE promise (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uid VARCHAR NOT NULL,
  contact_id INTEGER,
  text VARCHAR NOT NULL,
  due VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  settled_at VARCHAR,
  note VARCHAR NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (uid),
  FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE SET NULL
);

CREATE INDEX promise_contact ON promise (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX promise_open ON promise (due) WHERE state = 'open';

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

CREATE INDEX activity_change ON activity (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX activity_contact ON activity (contact_id, day) WHERE contact_id IS NOT NULL;

CREATE INDEX activity_day ON activity (day);

CREATE INDEX activity_deal ON activity (deal_id) WHERE deal_id IS NOT NULL;

CREATE INDEX activity_real ON activity (contact_id, day) WHERE contact_id IS NOT NULL AND (kind = 'conversation' OR (kind = 'dial' AND outcome IN ('conversation', 'callback', 'refused', 'meeting')) OR (kind = 'meeting-held' AND coalesce(outcome, '') <> 'no-show'));

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

CREATE INDEX task_contact ON task (contact_id) WHERE contact_id IS NOT NULL;

CREATE INDEX task_deal ON task (deal_id) WHERE deal_id IS NOT NULL;

CREATE INDEX task_done ON task (done_on) WHERE state = 'done';

CREATE INDEX task_goal ON task (goal_id) WHERE goal_id IS NOT NULL;

CREATE INDEX task_open ON task (rank) WHERE state = 'open';

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

CREATE INDEX event_booking ON event (booking_id) WHERE booking_id IS NOT NULL;

CREATE INDEX event_calendar ON event (calendar_id) WHERE calendar_id IS NOT NULL;

CREATE INDEX event_change ON event (change_id) WHERE change_id IS NOT NULL;

CREATE INDEX event_contact ON event (contact_id) WHERE contact_id IS NOT NULL;

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

CREATE VIRTUAL TABLE search_contact USING fts5 (name, ways, rest, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);

CREATE VIRTUAL TABLE search_text USING fts5 (body, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0);

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
