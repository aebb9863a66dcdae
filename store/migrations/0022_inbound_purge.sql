-- What is purged of texts from handsets is found by time.
CREATE INDEX inbound_parts_done ON inbound_parts (done_at);
CREATE INDEX automatic_replies_sent ON automatic_replies (sent_at);
