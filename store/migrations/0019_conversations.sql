-- Texts from handsets, put together and concluded.
CREATE TABLE inbound_texts (
  id          BYTEA PRIMARY KEY,       -- UUIDv7, of the first part that came
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  carrier     TEXT NOT NULL,
  sender      TEXT NOT NULL,
  recipient   TEXT NOT NULL,
  number      TEXT NOT NULL,           -- id of the number, '' = nobody held it any more
  body        TEXT NOT NULL,
  missing     BIGINT NOT NULL,         -- parts that did not come
  keyword     TEXT NOT NULL,           -- that it began with, '' = none
  action      TEXT NOT NULL,           -- OPT_OUT, OPT_IN or ''
  reply       BYTEA,                   -- id of the message that answered it, NULL = none
  received_at BIGINT NOT NULL,
  done_at     BIGINT NOT NULL
) WITHOUT ROWID;

-- Parts stay for a while after their text is concluded, so that one that comes
-- again is known; 0 = it is not.
ALTER TABLE inbound_parts ADD COLUMN done_at BIGINT NOT NULL DEFAULT 0;

-- Automatic replies of the last day, so that two systems that answer each other
-- are told apart from people.
CREATE TABLE automatic_replies (
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  number     TEXT NOT NULL,            -- id
  person     TEXT NOT NULL,            -- E.164 with +
  sent_at    BIGINT NOT NULL,
  message_id BYTEA NOT NULL,
  body_hash  BIGINT NOT NULL,          -- 64 bits, the sign is one of them
  PRIMARY KEY (account, region, number, person, sent_at, message_id)
) WITHOUT ROWID;
