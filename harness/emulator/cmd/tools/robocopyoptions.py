"""What `robocopy` is asked to do.

Source: learn.microsoft.com, "robocopy" (switches and what they default to).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from harness.emulator.programs import ProgramRun
from harness.errors import NotEmulated
from harness.model.files import FileAttributes

__all__ = ["RobocopyOptions", "read_options"]

_NO_MARKS = FileAttributes(0)
_LETTERS = {
    "R": FileAttributes.READONLY,
    "A": FileAttributes.ARCHIVE,
    "S": FileAttributes.SYSTEM,
    "H": FileAttributes.HIDDEN,
    "O": FileAttributes.OFFLINE,
    "N": FileAttributes.NOT_CONTENT_INDEXED,
    "T": FileAttributes.TEMPORARY,
}
#: What changes nothing here: how it copies, what else it says, what is copied of rights.
_WITHOUT_EFFECT = frozenset(
    ("z", "b", "zb", "j", "np", "eta", "v", "ts", "fp", "bytes", "x", "ns", "nc", "sec", "copyall", "nocopy", "secfix",
     "timfix", "fft", "dst", "xj", "xjd", "xjf", "256", "tbd", "reg", "unicode", "sl", "nooffload", "compress", "sj",
     "copy", "dcopy", "mt", "ipg", "iorate", "threshold", "nodcopy")
)  # fmt: skip
_NOT_MODELLED = frozenset(("mon", "mot", "rh", "pf", "job", "save", "quit", "nosd", "nodd", "if", "create", "fat"))
_FLAGS = frozenset(
    ("s", "e", "mir", "purge", "mov", "move", "l", "nfl", "ndl", "njh", "njs", "xc", "xn", "xo", "xx", "xl", "is", "it",
     "im", "tee", "a", "m")
)  # fmt: skip


@dataclass(slots=True)
class RobocopyOptions:
    """The options.

    Attributes:
        source: where from.
        target: where to.
        patterns: which files.
        flags: the switches without a value, in lower case.
        excluded_files: names, patterns or paths that are left out.
        excluded_folders: the same of folders.
        retries: how often a failed copy is tried again.
        wait_s: seconds between tries.
        depth: how many levels of folders; 0 for all.
        logs: files that what is said is written to, and whether it is added to them.
        needs: attributes of which a file has one.
        leaves_out: attributes of which a file has none.
        adds: attributes that copies get.
        takes: attributes that copies lose.
        smallest: bytes; files below are left out.
        largest: bytes; files above are left out.
        written: the options as the header shows them.
    """

    source: str = ""
    target: str = ""
    patterns: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    excluded_files: list[str] = field(default_factory=list)
    excluded_folders: list[str] = field(default_factory=list)
    retries: int = 1_000_000
    wait_s: int = 30
    depth: int = 0
    logs: list[tuple[str, bool]] = field(default_factory=list)
    needs: FileAttributes = _NO_MARKS
    leaves_out: FileAttributes = _NO_MARKS
    adds: FileAttributes = _NO_MARKS
    takes: FileAttributes = _NO_MARKS
    smallest: int = 0
    largest: int = 2**63
    written: str = ""

    @property
    def goes_below(self) -> bool:
        """Whether folders in the source are copied too."""
        return bool(self.flags & {"s", "e", "mir"})

    @property
    def copies_empty(self) -> bool:
        """Whether empty folders are made."""
        return bool(self.flags & {"e", "mir"})

    @property
    def purges(self) -> bool:
        """Whether what is only in the target is deleted."""
        return bool(self.flags & {"mir", "purge"})


def read_options(run: ProgramRun) -> RobocopyOptions | str:
    """Return the options of a run, or what is wrong with them.

    Raises:
        NotEmulated: for switches that are not modelled.
    """
    options = RobocopyOptions()
    names: list[str] = []
    collecting: list[str] | None = None
    for word in run.arguments:
        if not word.startswith("/") or "\\" in word:
            (names if collecting is None else collecting).append(word)
            continue
        collecting = {"/xf": options.excluded_files, "/xd": options.excluded_folders}.get(word.lower())
        if collecting is None and not _take(options, word, run):
            return f'Invalid Parameter #{run.arguments.index(word) + 1} : "{word}"'
    if len(names) < 2:  # noqa: PLR2004 - from and to
        return f"{'No Destination Directory Specified' if names else 'No Source Directory Specified'}."
    options.source, options.target, options.patterns = names[0], names[1], names[2:] or ["*.*"]
    options.written = _written(options)
    return options


def _take(options: RobocopyOptions, word: str, run: ProgramRun) -> bool:
    """Note a switch; return False when there is no such one."""
    name, _, value = word[1:].partition(":")
    name = name.lower()
    plain = name.rstrip("+-")
    if not value and name in _FLAGS:
        options.flags.add(name)
        return True
    if name in ("r", "w", "lev", "min", "max"):
        if not re.fullmatch(r"\d{1,18}", value):
            return False
        attribute = {"r": "retries", "w": "wait_s", "lev": "depth", "min": "smallest", "max": "largest"}[name]
        setattr(options, attribute, int(value))
        return True
    if name in ("log", "log+", "unilog", "unilog+"):
        options.logs.append((value, name.endswith("+")))
        return True
    if name in ("ia", "xa", "a+", "a-"):
        attribute = {"ia": "needs", "xa": "leaves_out", "a+": "adds", "a-": "takes"}[name]
        setattr(options, attribute, _marks(value))
        return True
    if name in ("maxage", "minage", "maxlad", "minlad") or plain in _NOT_MODELLED:
        raise NotEmulated(f"robocopy {word}", where=run.command_line, hint="leave it out")
    return name in _WITHOUT_EFFECT


def _marks(letters: str) -> FileAttributes:
    marks = FileAttributes(0)
    for letter in letters.upper():
        marks |= _LETTERS.get(letter, FileAttributes(0))
    return marks


def _written(options: RobocopyOptions) -> str:
    flags = options.flags
    shown = [*options.patterns]
    if options.goes_below:
        shown.append("/S")
    if options.copies_empty:
        shown.append("/E")
    shown += ["/DCOPY:DA", "/COPY:DAT"]
    if options.purges:
        shown.append("/PURGE")
    if "mir" in flags:
        shown.append("/MIR")
    shown += [f"/{name.upper()}" for name in ("l", "nfl", "ndl", "njh", "njs", "xo", "xn", "xc", "is") if name in flags]
    return " ".join([*shown, f"/R:{options.retries}", f"/W:{options.wait_s}"])
