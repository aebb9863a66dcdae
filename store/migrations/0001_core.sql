-- Who calls, and what every kind of resource shares.

CREATE TABLE accounts (
  id               TEXT PRIMARY KEY,
  name             TEXT NOT NULL,
  tier             TEXT NOT NULL,
  text_spend_limit BIGINT,            -- whole US dollars a month; NULL = none
  created_at       BIGINT NOT NULL
);

CREATE TABLE access_keys (
  id         TEXT PRIMARY KEY,
  account    TEXT NOT NULL REFERENCES accounts (id),
  secret     BYTEA NOT NULL,          -- sealed under the key file
  root       BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX access_keys_by_account ON access_keys (account, id);

-- A scope's revision goes up with every change of its resources.
CREATE TABLE scopes (
  account  TEXT NOT NULL,
  region   TEXT NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (account, region)
);

-- First answers of calls with a ClientToken.
CREATE TABLE idempotency (
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  operation  TEXT NOT NULL,
  token      TEXT NOT NULL,
  hash       BYTEA NOT NULL,          -- of the parameters without the token
  answer     BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account, region, operation, token)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- The operator's numbers, and fictitious ones while somebody has them.
CREATE TABLE inventory (
  number         TEXT PRIMARY KEY,
  country        TEXT NOT NULL,
  type           TEXT NOT NULL,
  message_type   TEXT NOT NULL,       -- '' = either
  capabilities   TEXT NOT NULL,       -- JSON
  monthly_price  TEXT NOT NULL,
  provisions     TEXT NOT NULL,       -- JSON
  fictitious     BOOLEAN NOT NULL,
  withdrawn      BOOLEAN NOT NULL,    -- gone from the configuration, still leased
  lessee_account TEXT NOT NULL,       -- '' = free
  lessee_region  TEXT NOT NULL
);
CREATE INDEX inventory_by_lessee ON inventory (lessee_account, lessee_region);

-- Lines of the configuration file that were applied: each is applied once.
CREATE TABLE applied_lines (
  line TEXT PRIMARY KEY
);

-- What the server must find again, such as the check value of its key file.
CREATE TABLE server_values (
  name  TEXT PRIMARY KEY,
  value BYTEA NOT NULL
);
