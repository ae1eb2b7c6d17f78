"""A local Sage Intacct and a local Emburse Certify, to run and test against. Shares no code with the connector."""
