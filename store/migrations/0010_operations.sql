-- What the operator does while the server runs and what outlasts a restart.

-- Carriers of which nothing is taken up until the operator resumes them.
CREATE TABLE carrier_pauses (
  carrier       TEXT PRIMARY KEY,     -- name, configured or not
  paused_at     BIGINT NOT NULL,
  access_key_id TEXT NOT NULL,        -- of who paused it
  reason        TEXT NOT NULL
);
