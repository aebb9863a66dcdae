-- Which identity a destination last got a message from, where there was a
-- choice.
CREATE TABLE sticky_choices (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  pool        TEXT NOT NULL,          -- '' = chosen from no pool
  destination TEXT NOT NULL,
  identity    TEXT NOT NULL,
  state       BIGINT NOT NULL,        -- of the pool and its identities then
  chosen_at   BIGINT NOT NULL,
  PRIMARY KEY (account, region, pool, destination)
);
CREATE INDEX sticky_choices_by_age ON sticky_choices (chosen_at);

-- What handsets sent to numbers that somebody holds, one row a part.
CREATE TABLE inbound_parts (
  id          BYTEA PRIMARY KEY,      -- UUIDv7
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  carrier     TEXT NOT NULL,
  sender      TEXT NOT NULL,
  recipient   TEXT NOT NULL,
  encoding    BIGINT NOT NULL,
  udh         BYTEA,                  -- NULL = the only part
  data        BYTEA NOT NULL,
  received_at BIGINT NOT NULL
);
