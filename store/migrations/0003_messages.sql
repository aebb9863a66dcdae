-- Messages on their road. Ids are UUIDv7, so rows are added at the table's end.
-- A message of one part keeps the part's facts in its own row.

CREATE TABLE messages (
  id                 BYTEA PRIMARY KEY,
  state              BIGINT NOT NULL,   -- message.State, a fold over the parts
  code               TEXT NOT NULL,
  ended_at           BIGINT NOT NULL,
  carrier_message_id TEXT NOT NULL,     -- of a single part
  attempts           BIGINT NOT NULL,   -- of a single part
  submitted_at       BIGINT NOT NULL,   -- of a single part
  carrier            TEXT NOT NULL,
  account            TEXT NOT NULL,
  region             TEXT NOT NULL,
  origin_kind        TEXT NOT NULL,
  origin_identity    TEXT NOT NULL,
  origin_wire        TEXT NOT NULL,
  pool               TEXT NOT NULL,
  destination        TEXT NOT NULL,
  country            TEXT NOT NULL,
  type               TEXT NOT NULL,
  encoding           BIGINT NOT NULL,   -- gsm.Encoding
  parts              BIGINT NOT NULL,
  reference          BIGINT NOT NULL,
  price              BIGINT NOT NULL,   -- millionths of a US dollar
  configuration_set  TEXT NOT NULL,
  feedback           BOOLEAN NOT NULL,
  invocation         TEXT NOT NULL,
  request_hash       BIGINT NOT NULL,   -- 64 bits, the sign is one of them
  accepted_at        BIGINT NOT NULL,
  expires_at         BIGINT NOT NULL,
  context            TEXT NOT NULL,     -- JSON, '' = empty
  parameters         TEXT NOT NULL,     -- JSON, '' = empty
  why                TEXT NOT NULL,     -- JSON
  body               TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX messages_queued ON messages (carrier, id) WHERE state = 0;

-- Parts of messages of several; a part without a row is queued.
CREATE TABLE message_parts (
  message_id         BYTEA NOT NULL,
  part               BIGINT NOT NULL,
  state              BIGINT NOT NULL,
  code               TEXT NOT NULL,
  carrier_message_id TEXT NOT NULL,
  attempts           BIGINT NOT NULL,
  submitted_at       BIGINT NOT NULL,
  ended_at           BIGINT NOT NULL,
  PRIMARY KEY (message_id, part)
) WITHOUT ROWID;

-- The carriers' ids that receipts come by: narrow, and emptied as parts end.
CREATE TABLE awaited_receipts (
  carrier            TEXT NOT NULL,
  carrier_message_id TEXT NOT NULL,
  message_id         BYTEA NOT NULL,
  part               BIGINT NOT NULL,
  submitted_at       BIGINT NOT NULL,
  ended_at           BIGINT NOT NULL,   -- 0, or since when only a late delivery is expected
  PRIMARY KEY (carrier, carrier_message_id)
) WITHOUT ROWID;

CREATE INDEX awaited_receipts_late ON awaited_receipts (ended_at) WHERE ended_at > 0;

-- Receipts that came before their submission was on disk.
CREATE TABLE orphan_receipts (
  carrier            TEXT NOT NULL,
  carrier_message_id TEXT NOT NULL,
  state              BIGINT NOT NULL,
  code               TEXT NOT NULL,
  received_at        BIGINT NOT NULL,
  place              BIGINT NOT NULL,   -- in order of arrival, of those with the same id
  PRIMARY KEY (carrier, carrier_message_id, state)
) WITHOUT ROWID;

CREATE TABLE spend (
  account   TEXT NOT NULL,
  region    TEXT NOT NULL,
  channel   TEXT NOT NULL,
  month     TEXT NOT NULL,              -- 2026-07, UTC
  micro_usd BIGINT NOT NULL,
  PRIMARY KEY (account, region, channel, month)
);
