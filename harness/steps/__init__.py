"""The Gherkin vocabulary, one module a noun. A step parses, calls one public method, asserts.

Wording: present tense, the portal's words, names in quotes, numbers with units, one fact a step.
"""

__all__ = ["MODULES"]

#: The modules that hold steps; the pytest plugin loads them.
MODULES = [
    "harness.steps.machines",
    "harness.steps.apps",
    "harness.steps.assignments",
    "harness.steps.installers",
    "harness.steps.agent",
    "harness.steps.restarts",
    "harness.steps.toasts",
    "harness.steps.reports",
    "harness.steps.logs",
]
