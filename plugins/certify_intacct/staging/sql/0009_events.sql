-- An event is what the database saw happen. The loader makes them happen and cannot write them down itself: the triggers do, as the owner.

ALTER FUNCTION ledger.write_event() SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION ledger.write_user_link_event() SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
REVOKE INSERT ON ledger.event, ledger.user_link_event FROM connector_loader;

-- Nobody but a table's trigger has a use for these.
REVOKE EXECUTE ON FUNCTION ledger.write_event(), ledger.write_user_link_event() FROM PUBLIC;

-- Which part of which expense stands in a live document follows from the document's state, which the trigger knows.
REVOKE UPDATE ON ledger.document_expense FROM connector_loader;
