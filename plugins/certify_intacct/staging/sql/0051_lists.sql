-- A list of Certify has a guard of its own: that so many of its rows are deactivated is released by list, never together with people.

ALTER TABLE ledger.people_release DROP CONSTRAINT people_release_kind_check;
ALTER TABLE ledger.people_release DROP CONSTRAINT people_release_check1;
ALTER TABLE ledger.people_release
    ADD CONSTRAINT people_release_kind_check
        CHECK (kind IN ('creates', 'deactivations', 'link', 'list_deactivations', 'shrunken_extract')),
    ADD CONSTRAINT people_release_check1 CHECK ((kind IN ('list_deactivations', 'shrunken_extract')) = (stream <> ''));
