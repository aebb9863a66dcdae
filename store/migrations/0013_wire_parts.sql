-- What a carrier's alphabet and concatenation make of a text may be more parts
-- than were counted, or one. 0 = as many as were counted.
ALTER TABLE messages ADD COLUMN wire_parts BIGINT NOT NULL DEFAULT 0;
