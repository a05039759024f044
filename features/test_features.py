"""Collects the features; everything else is in the `.feature` files."""

from pytest_bdd import scenarios

scenarios("deployment")
