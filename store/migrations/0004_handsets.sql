-- The simulated carrier: what its handsets show, and what it has yet to send.

-- Ids of the two tables below never come twice, even when the rows are gone.
CREATE TABLE handset_counters (
  name TEXT PRIMARY KEY,
  last BIGINT NOT NULL
);
INSERT INTO handset_counters (name, last) VALUES ('message', 0), ('delivery', 0);

-- No index by handset: it would dirty a page per message in every commit, and
-- the table is bounded.
CREATE TABLE handset_messages (
  id          BIGINT PRIMARY KEY,
  account     TEXT NOT NULL,
  handset     TEXT NOT NULL,
  message_id  TEXT NOT NULL,          -- the API's, '' = a foreign client's
  direction   TEXT NOT NULL,
  sender      TEXT NOT NULL,
  recipient   TEXT NOT NULL,
  sender_kind TEXT NOT NULL,
  body        TEXT NOT NULL,
  encoding    TEXT NOT NULL,
  parts       BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  tlvs        TEXT NOT NULL,          -- JSON, '' = none
  system_id   TEXT NOT NULL
);

-- Parts of long texts that are not whole, or may come again.
CREATE TABLE handset_parts (
  smsc       TEXT NOT NULL,
  part_key   TEXT NOT NULL,
  number     BIGINT NOT NULL,
  total      BIGINT NOT NULL,
  coding     BIGINT NOT NULL,
  data       BYTEA NOT NULL,
  arrived_at BIGINT NOT NULL,
  PRIMARY KEY (smsc, part_key, number)
);

-- deliver_sm that no client has acknowledged.
CREATE TABLE handset_deliveries (
  id        BIGINT PRIMARY KEY,
  smsc      TEXT NOT NULL,
  system_id TEXT NOT NULL,
  due_at    BIGINT NOT NULL,
  pdu       BYTEA NOT NULL
);

CREATE TABLE handset_rules (
  account TEXT PRIMARY KEY,
  rules   TEXT NOT NULL               -- JSON
);
