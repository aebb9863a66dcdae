-- The recipient's mobile country and network code (ITU-T E.212), as a receipt told; '' = none did.
ALTER TABLE messages ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE orphan_receipts ADD COLUMN network TEXT NOT NULL DEFAULT '';
