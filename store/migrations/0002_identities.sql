-- What a scope sends from, and its configuration sets. Rows are read a scope
-- at a time and kept in memory as one immutable view.

CREATE TABLE phone_numbers (
  account              TEXT NOT NULL,
  region               TEXT NOT NULL,
  id                   TEXT NOT NULL,
  number               TEXT NOT NULL,
  country              TEXT NOT NULL,
  type                 TEXT NOT NULL,
  message_type         TEXT NOT NULL,
  capabilities         TEXT NOT NULL,  -- JSON
  status               TEXT NOT NULL,
  monthly_price        TEXT NOT NULL,
  two_way              BOOLEAN NOT NULL,
  two_way_channel_arn  TEXT NOT NULL,
  two_way_channel_role TEXT NOT NULL,
  self_managed_opt_out BOOLEAN NOT NULL,
  opt_out_list         TEXT NOT NULL,
  international        BOOLEAN NOT NULL,
  deletion_protection  BOOLEAN NOT NULL,
  pool                 TEXT NOT NULL,
  registration         TEXT NOT NULL,
  fictitious           BOOLEAN NOT NULL,
  provisions           TEXT NOT NULL,  -- JSON
  tags                 TEXT NOT NULL,  -- JSON
  created_at           BIGINT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE UNIQUE INDEX phone_numbers_by_number ON phone_numbers (number);

CREATE TABLE sender_ids (
  account             TEXT NOT NULL,
  region              TEXT NOT NULL,
  text                TEXT NOT NULL,  -- upper case
  country             TEXT NOT NULL,
  spelling            TEXT NOT NULL,  -- as first given
  message_types       TEXT NOT NULL,  -- JSON
  registered          BOOLEAN NOT NULL,
  registration        TEXT NOT NULL,
  deletion_protection BOOLEAN NOT NULL,
  provisions          TEXT NOT NULL,  -- JSON
  tags                TEXT NOT NULL,  -- JSON
  created_at          BIGINT NOT NULL,
  PRIMARY KEY (account, region, text, country)
);

CREATE TABLE pools (
  account              TEXT NOT NULL,
  region               TEXT NOT NULL,
  id                   TEXT NOT NULL,
  message_type         TEXT NOT NULL,
  status               TEXT NOT NULL,
  two_way              BOOLEAN NOT NULL,
  two_way_channel_arn  TEXT NOT NULL,
  two_way_channel_role TEXT NOT NULL,
  self_managed_opt_out BOOLEAN NOT NULL,
  opt_out_list         TEXT NOT NULL,
  shared_routes        BOOLEAN NOT NULL,
  deletion_protection  BOOLEAN NOT NULL,
  tags                 TEXT NOT NULL,  -- JSON
  created_at           BIGINT NOT NULL,
  PRIMARY KEY (account, region, id)
);

CREATE TABLE pool_members (
  account      TEXT NOT NULL,
  region       TEXT NOT NULL,
  pool         TEXT NOT NULL,
  seat         BIGINT NOT NULL,       -- order of the members
  phone_number TEXT NOT NULL,         -- id of a number, '' for a sender ID
  sender_id    TEXT NOT NULL,
  country      TEXT NOT NULL,
  joined_at    BIGINT NOT NULL,
  PRIMARY KEY (account, region, pool, seat)
);

CREATE TABLE configuration_sets (
  account           TEXT NOT NULL,
  region            TEXT NOT NULL,
  name              TEXT NOT NULL,
  default_sender_id TEXT NOT NULL,    -- byte for byte as given, '' = none
  default_type      TEXT NOT NULL,
  default_feedback  BOOLEAN,          -- NULL = never set
  tags              TEXT NOT NULL,    -- JSON
  created_at        BIGINT NOT NULL,
  PRIMARY KEY (account, region, name)
);
