-- Who is on which opt-out list. A send looks up one row by its key.
CREATE TABLE opted_out_numbers (
  account      TEXT NOT NULL,
  region       TEXT NOT NULL,
  list         TEXT NOT NULL,
  number       TEXT NOT NULL,           -- E.164 with +
  opted_out_at BIGINT NOT NULL,
  by_end_user  BOOLEAN NOT NULL,
  PRIMARY KEY (account, region, list, number)
) WITHOUT ROWID;

-- Pages of a list, oldest first, of those that opted out themselves or of the
-- others: each costs no more than what it shows.
CREATE INDEX opted_out_numbers_oldest ON opted_out_numbers (account, region, list, by_end_user, opted_out_at, number);

-- When a destination was last taken off a list by the API, which is not allowed
-- again for a while.
CREATE TABLE opt_ins (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  number      TEXT NOT NULL,
  opted_in_at BIGINT NOT NULL,
  PRIMARY KEY (account, region, number)
) WITHOUT ROWID;

-- The list that a message's recipient must not be on, '' = Default, and whether
-- it is the one text that tells somebody of an opt-out.
ALTER TABLE messages ADD COLUMN opt_out_list TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN confirmation BOOLEAN NOT NULL DEFAULT FALSE;
