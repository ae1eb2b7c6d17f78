-- What a Certify user has besides, and days of people who are vendors or users of Intacct (people.sources of connector.yaml).
ALTER TABLE staging.certify_user ADD COLUMN currency text, ADD COLUMN language text, ADD COLUMN culture text;
ALTER TABLE staging.intacct_person_vendor ADD COLUMN start_date date, ADD COLUMN end_date date;
ALTER TABLE staging.intacct_user ADD COLUMN start_date date, ADD COLUMN end_date date;
