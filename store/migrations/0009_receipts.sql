-- How carriers write message ids, as their traffic taught it.
CREATE TABLE learnt_ids (
  carrier TEXT PRIMARY KEY,
  form    TEXT NOT NULL               -- in the words of msg_id_type
);
