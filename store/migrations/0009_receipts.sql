-- How carriers write message ids, as their traffic taught it.
CREATE TABLE learnt_ids (
  carrier TEXT PRIMARY KEY,
  form    TEXT NOT NULL               -- in the words of msg_id_type
);

-- When a part ended by the network's clock, as its receipt says; 0 = it does not.
ALTER TABLE messages ADD COLUMN done_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message_parts ADD COLUMN done_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orphan_receipts ADD COLUMN done_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orphan_receipts ADD COLUMN whole BOOLEAN NOT NULL DEFAULT FALSE;

-- What carriers delivered that cannot be read: a bounded number of PDUs.
CREATE TABLE quarantine (
  carrier    TEXT NOT NULL,
  hash       BYTEA NOT NULL,            -- SHA-256 of the octets
  octets     BYTEA NOT NULL,            -- of the PDU, its sequence number 0
  cause      TEXT NOT NULL,
  times      BIGINT NOT NULL,           -- how often it came
  first_seen BIGINT NOT NULL,
  last_seen  BIGINT NOT NULL,
  PRIMARY KEY (carrier, hash)
);
