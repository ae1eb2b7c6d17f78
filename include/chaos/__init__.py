"""The chaos harness: runs the connector against the sandbox while everything around it fails, and judges what both services hold."""
