"""Bytes and text from and to the model: packages, Graph JSON, policies, logs. Pure: no machine, no clock, no files."""
