"""The Sage Intacct side of the sandbox: the XML gateway, its objects and its business rules."""
