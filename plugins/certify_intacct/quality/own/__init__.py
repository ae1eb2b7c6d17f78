"""A company's own expectations: files beside connector.yaml, by the names and arguments of Great Expectations, judged with ours.

Only ``judging`` imports the library. What a file may say is known without it (``catalogue``), so that a wrong file is refused at once.
"""
