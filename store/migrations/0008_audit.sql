-- Who changed what. Lines are only added; ids follow the order of the commits,
-- so they are the order of time too.

CREATE TABLE audit_counter (
  last BIGINT NOT NULL
);
INSERT INTO audit_counter (last) VALUES (0);

CREATE TABLE audit_entries (
  id            BIGINT PRIMARY KEY,
  at            BIGINT NOT NULL,
  account       TEXT NOT NULL,        -- whose things were changed
  region        TEXT NOT NULL,
  access_key_id TEXT NOT NULL,        -- of who asked
  origin        TEXT NOT NULL,
  action        TEXT NOT NULL,
  targets       TEXT NOT NULL,        -- JSON
  parameters    TEXT NOT NULL,        -- JSON, perhaps cut; '' = none
  reason        TEXT NOT NULL,
  request_id    TEXT NOT NULL
);
