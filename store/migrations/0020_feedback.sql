-- What the caller said of a message: whether the person did what it was for.
ALTER TABLE messages ADD COLUMN feedback_status TEXT NOT NULL DEFAULT '';  -- in the API's words, '' = nothing yet
