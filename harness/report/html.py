"""The result of a run as one HTML page that needs nothing else: no network, no files beside it.

Every text in it may come from a package, a policy or a log, which nobody vouches for. The template escapes all of it,
and the page's own content security policy allows only the style and the script that are part of it, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

from harness.report.drawing import draw_timeline
from harness.report.notable import without_idle_check_ins
from harness.report.page import page_values
from harness.report.result import RunResult

__all__ = ["render_html"]

#: Widths of the two drawings in pixels: a desktop's column, and a phone's.
_WIDE, _NARROW = 1070.0, 330.0


def render_html(result: RunResult) -> str:
    """Write the report as one HTML page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("harness.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    events = without_idle_check_ins(result.timeline)
    style, script = _part("page.css"), _part("page.js")
    return environment.get_template("page.html.jinja").render(
        page_values(result),
        policy=_security_policy(style, script),
        style=Markup(style),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704 - a file of ours
        wide_drawing=draw_timeline(events, width=_WIDE, local=result.local, subject=result.app.name),
        narrow_drawing=draw_timeline(events, width=_NARROW, local=result.local, subject=result.app.name),
    )


def _part(name: str) -> str:
    return (resources.files("harness.report") / name).read_text(encoding="utf-8")


def _security_policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_source_hash(style)}'; script-src '{_source_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _source_hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
