-- Opt-out lists. Every scope has the list Default: it has a row once it has
-- tags.

CREATE TABLE opt_out_lists (
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  name       TEXT NOT NULL,
  tags       TEXT NOT NULL,           -- JSON
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account, region, name)
);
