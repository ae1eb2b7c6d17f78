"""Whether a run may begin: which rights and facts it needs, and what is said about each. Nothing here asks a service."""
