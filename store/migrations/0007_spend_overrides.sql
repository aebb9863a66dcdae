-- Limits that customers set for themselves, below the operator's.
CREATE TABLE spend_overrides (
  account   TEXT NOT NULL,
  region    TEXT NOT NULL,
  channel   TEXT NOT NULL,
  limit_usd BIGINT NOT NULL,            -- whole US dollars a month
  PRIMARY KEY (account, region, channel)
);
