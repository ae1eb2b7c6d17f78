-- Of which object a list was read, and which of its fields is the code: connector.yaml may say anew which object a dimension of the
-- company's own is, and what of a value stands in Certify. Rows of one are none of the other. Empty: an earlier version read it.
ALTER TABLE ops.extract ADD COLUMN read_as text NOT NULL DEFAULT '';
