-- What texts from handsets set off, by the number or the pool. Of HELP and STOP,
-- which are everywhere, there is a row once somebody changed their message.
CREATE TABLE keywords (
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  identity   TEXT NOT NULL,            -- id of a number or a pool
  keyword    TEXT NOT NULL,            -- upper case
  message    TEXT NOT NULL,
  action     TEXT NOT NULL,            -- in the API's words
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account, region, identity, keyword)
);
