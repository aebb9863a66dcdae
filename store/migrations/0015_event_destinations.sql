-- Where the events of a set's messages go: a JSON list.
ALTER TABLE configuration_sets ADD COLUMN destinations TEXT NOT NULL DEFAULT '[]';
