"""The agent: a faithful Intune Management Extension, written against the machine's ports and the service's gateway."""
