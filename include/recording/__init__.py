"""Asks a company's Intacct and Certify what the connector asks, keeps the answers without what they tell of anybody, and says in
what they differ from the sandbox: ``make record``.

Three subjects: *exchanges* (what is asked, a row each: ``certify_exchanges.py``, ``intacct_exchanges.py``), *redaction* (what of an
answer may touch the disk: ``redaction.py``, ``bodies.py``, ``harmless.py``), *comparison* (``shapes.py``, ``comparing.py``,
``explaining.py``, ``turned.py``).
Nothing that is recorded leaves the machine.
"""
