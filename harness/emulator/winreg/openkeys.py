"""What a handle leads to."""

from __future__ import annotations

from datetime import UTC, datetime

from harness.emulator.keyaccess import Where, path_of
from harness.emulator.keys import Key
from harness.model.windows import Hive, RegistryPath, View

__all__ = ["OpenKey", "ALL_RIGHTS", "CLOSED"]

#: The rights of a predefined key, which are those its list gives at the time.
ALL_RIGHTS = -1


class OpenKey:
    """An open key; handles that were opened alike share it.

    Attributes:
        where: the key, or the path of one that may be another key, or two, whenever somebody looks: a predefined one,
            and those of HKEY_CLASSES_ROOT.
        live: the key, where it is one.
        view: the half of Windows in which keys below it are looked for.
        rights: what may be done through it, as an access mask.
        number: the handle of a predefined key; 0 for others, negative for none at all.
        lists_itself: whether the keys below it are listed as they are, and none has to be looked for elsewhere; None
            when nobody has asked.
    """

    __slots__ = ("lists_itself", "live", "number", "rights", "view", "where")

    def __init__(self, where: Where, view: View, rights: int, number: int = 0) -> None:
        self.where = where
        self.live = where if isinstance(where, Key) else None
        self.view = view
        self.rights = rights
        self.number = number
        self.lists_itself: bool | None = None

    @property
    def path(self) -> RegistryPath:
        """Where it is."""
        return path_of(self.where)


def _closed() -> OpenKey:
    nothing = Key(Hive.HKLM.value, None, datetime.max.replace(tzinfo=UTC))
    nothing.is_deleted = True
    return OpenKey(nothing, View.VIEW_64, 0, -1)


#: What a handle object leads to after its handle was closed by number.
CLOSED = _closed()
