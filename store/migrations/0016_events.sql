-- What happened to messages, for those whose configuration set has event
-- destinations, and what handsets sent to numbers with a two-way channel.
CREATE TABLE events (
  message_id        BYTEA NOT NULL,
  place             BIGINT NOT NULL,     -- among the events of the message
  account           TEXT NOT NULL,
  region            TEXT NOT NULL,
  configuration_set TEXT NOT NULL,
  type              TEXT NOT NULL,       -- in the API's words
  at                BIGINT NOT NULL,
  payload           TEXT NOT NULL,       -- of what a handset sent; '' = made of the message
  PRIMARY KEY (message_id, place)
) WITHOUT ROWID;
CREATE INDEX events_at ON events (at, message_id, place);
CREATE INDEX events_of_account ON events (account, at, message_id, place);

-- Events on their way to a target, written with the event and deleted when the
-- target has them.
CREATE TABLE outbox (
  arn         TEXT NOT NULL,             -- of the target
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  message_id  BYTEA NOT NULL,
  place       BIGINT NOT NULL,
  destination TEXT NOT NULL,             -- name of the event destination, '' = a two-way channel
  at          BIGINT NOT NULL,           -- when the event happened
  PRIMARY KEY (arn, account, region, message_id, place, destination)
) WITHOUT ROWID;

-- Events that a target refused for good, or would not take for too long.
CREATE TABLE dead_events (
  arn         TEXT NOT NULL,
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  message_id  BYTEA NOT NULL,
  place       BIGINT NOT NULL,
  destination TEXT NOT NULL,
  dead_at     BIGINT NOT NULL,
  cause       TEXT NOT NULL,
  PRIMARY KEY (arn, account, region, message_id, place, destination)
) WITHOUT ROWID;
