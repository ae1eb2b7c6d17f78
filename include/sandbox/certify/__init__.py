"""Certify's REST API v1: resources described as tables, one reader, one writer, one wire format."""
