"""Where Intacct is: its gateway, and the names that its sessions and its links lead to."""

from __future__ import annotations

from certify_intacct.transport.addresses import Hosts

DEFAULT_URL = "https://api.intacct.com/ia/xml/xmlgw.phtml"
# The gateway names the one of them at which a session is used: na12, www-p07 and so on (Intacct XML gateway reference, Transport).
HOSTS = Hosts("Intacct", ".intacct.com")
