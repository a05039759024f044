"""Folders of an emulated volume: what is laid out in them is made when somebody first looks."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from stat import S_IFDIR
from typing import TYPE_CHECKING, NoReturn

from pyfakefs.fake_file import FakeDirectory, FakeFile

from harness.emulator.filelayout import LinkTo, Marked, Tree, held_and_marks, size_of
from harness.emulator.frozen import FrozenFile, FrozenFolder, FrozenLink
from harness.emulator.nodes import File, Link, Node, Record, no_writing
from harness.emulator.shortnames import ShortNames, is_short
from harness.model.files import FileAttributes
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.volume import Volume

__all__ = ["Folder"]

_DIRECTORY = int(FileAttributes.DIRECTORY)

#: A name that went is remembered for so long: the file that comes under it is as old as the one that went.
#: Source: Microsoft's article 172190, "Windows NT contains file system tunneling capabilities"; how many are remembered
#: is from memory.
_TUNNEL_NS = 15_000_000_000
_MOST_TUNNELS = 256


class Folder(Node, FakeDirectory):
    """A folder.

    Args:
        volume: where it is.
        name: its name.
        at_ns: when it is made, in nanoseconds since 1970.
    """

    _kind = S_IFDIR

    def __init__(self, volume: Volume, name: str, at_ns: int) -> None:
        self.volume = volume
        self.name = name
        self.created_ns = self.modified_ns = at_ns
        self.marks = 0
        self._index: dict[str, Folder | File | Link] = {}
        self._laid_out: Tree | FrozenFolder | None = None
        self._short_names: ShortNames | None = None
        self._gone: dict[str, tuple[int, int]] | None = None
        self._me = weakref.ref(self)

    @classmethod
    def of_image(cls, volume: Volume, image: FrozenFolder) -> Folder:
        """Return a folder that is as an image says; what is in it is made when somebody looks."""
        folder = cls(volume, image.name, image.created_ns)
        folder.modified_ns = image.modified_ns
        folder.marks = image.attributes
        folder.owner = image.owner
        folder.image = image
        folder._laid_out = image
        folder._short_names = image.short_names.copy() if image.short_names else None
        return folder

    @property
    def index(self) -> dict[str, Folder | File | Link]:
        """What it holds, by folded name, in the order in which it came."""
        if self._laid_out is not None:
            self._unfold()
        return self._index

    @property
    def attributes(self) -> int:
        """The attributes as Windows shows them."""
        return self.marks | _DIRECTORY

    def named(self, key: str) -> Folder | File | Link | None:
        """Return what it holds by a folded name, be it a long or a short one."""
        node = self.index.get(key)
        if node is None and "~" in key:
            long = self._known_short_names().long_name(key)
            node = self._index[long] if long else None
        return node

    # Changing

    def lay_down(self, tree: Tree) -> None:
        """Let an empty folder hold what counts as made at the same moment as the folder.

        Raises:
            MachineError: 112 when the volume is too small.
        """
        self.volume.claim(size_of(tree), self)
        self._laid_out = tree

    def add_file(self, name: str, record: Record, at_ns: int) -> File:
        """Make a file, whose space has been claimed before. It may be as old as one that was here just now."""
        file = File(self.volume, name, record)
        self.put(file, at_ns)
        return file

    def put(self, node: Folder | File | Link, at_ns: int) -> None:
        """Take something in."""
        key = folded(node.name)
        self.index[key] = node
        node.parent_dir = self._me
        if self._short_names is not None:
            self._short_names.add(node.name)
        if self._gone and isinstance(node, File):
            created_ns, gone_ns = self._gone.pop(key, (0, at_ns - _TUNNEL_NS - 1))
            if at_ns - gone_ns <= _TUNNEL_NS:
                node.change(created_ns=created_ns)
        self.touch(at_ns)

    def take(self, node: Folder | File | Link, at_ns: int, *, is_replaced: bool = False) -> None:
        """Give something away. A file that is replaced leaves nothing to who comes under its name."""
        if self._short_names is not None or not is_short(node.name):
            self._known_short_names().remove(node.name)
        key = folded(node.name)
        del self.index[key]
        node.parent_dir = None
        if isinstance(node, File) and not is_replaced:
            self._remember(key, node.created_ns, at_ns)
        self.touch(at_ns)

    def touch(self, at_ns: int) -> None:
        """Note that something came or went."""
        self.modified_ns = at_ns
        self.forget_image()

    def _remember(self, key: str, created_ns: int, at_ns: int) -> None:
        if self._gone is None:
            self._gone = {}
        self._gone.pop(key, None)
        self._gone[key] = (created_ns, at_ns)
        if len(self._gone) > _MOST_TUNNELS:
            del self._gone[next(iter(self._gone))]

    def _known_short_names(self) -> ShortNames:
        if self._short_names is None:
            self._short_names = ShortNames(node.name for node in self.index.values())
        return self._short_names

    # Laying out and freezing

    def nodes_within(self) -> Iterator[Folder | File | Link]:
        """Return everything in it and in its folders, folders before what they hold."""
        folders = [self]
        for folder in folders:  # grows while it is walked
            for node in folder.index.values():
                yield node
                if isinstance(node, Folder):
                    folders.append(node)

    def frozen(self) -> FrozenFolder:
        """Return an immutable image; what has not changed since the last one is not looked at again."""
        stale = [self]
        for folder in stale:  # grows while it is walked: parents stand before children
            if folder.image is None and not isinstance(folder._laid_out, FrozenFolder):  # noqa: SLF001 - of its own kind
                if folder._laid_out is not None:  # noqa: SLF001
                    folder._laid_out = folder._image_of_tree(folder._laid_out)  # noqa: SLF001
                    continue
                stale.extend(node for node in folder._index.values() if isinstance(node, Folder) and not node.image)  # noqa: SLF001
        for folder in reversed(stale):
            folder.freeze()
        return self.freeze()

    def freeze(self) -> FrozenFolder:
        """Return an immutable image; the folders in it have theirs."""
        image = self.image
        if image is None:
            laid_out = self._laid_out
            assert laid_out is None or isinstance(laid_out, FrozenFolder)  # see `frozen`
            image = self.image = FrozenFolder(
                name=self.name,
                entries=laid_out.entries if laid_out else {key: node.freeze() for key, node in self._index.items()},
                created_ns=self.created_ns,
                modified_ns=self.modified_ns,
                attributes=self.marks,
                owner=self.owner,
                short_names=self._short_names.copy() if self._short_names else None,
            )
        assert isinstance(image, FrozenFolder)
        return image

    def _unfold(self) -> None:
        laid_out, self._laid_out = self._laid_out, None
        if isinstance(laid_out, FrozenFolder):
            for key, image in laid_out.entries.items():
                self._lay(key, _node_of(self.volume, image))
        elif laid_out:
            for name, held in laid_out.items():
                self._lay(folded(name), self._node_of_tree(name, held))

    def _lay(self, key: str, node: Folder | File | Link) -> None:
        self._index[key] = node
        node.parent_dir = self._me

    def _node_of_tree(self, name: str, held: Tree | bytes | LinkTo | Marked) -> Folder | File | Link:
        inside, marks = held_and_marks(held)
        at_ns = self.created_ns
        if isinstance(inside, bytes):
            return File(self.volume, name, Record(self.volume.store.new(inside), at_ns, at_ns, marks))
        if isinstance(inside, LinkTo):
            return Link(self.volume, _frozen_link(name, inside, marks, at_ns))
        folder = Folder(self.volume, name, at_ns)
        folder.marks = marks
        folder._laid_out = inside
        return folder

    def _image_of_tree(self, tree: Tree) -> FrozenFolder:
        """Return the image of what is laid down here and that nobody has looked at."""
        store, at_ns = self.volume.store, self.created_ns

        def image(name: str, held: Tree | bytes | LinkTo | Marked) -> FrozenFolder | FrozenFile | FrozenLink:
            inside, marks = held_and_marks(held)
            if isinstance(inside, bytes):
                content = store.new(inside)
                content.is_shared = True
                return FrozenFile(name=name, content=content, created_ns=at_ns, modified_ns=at_ns, attributes=marks)
            if isinstance(inside, LinkTo):
                return _frozen_link(name, inside, marks, at_ns)
            entries = {folded(below): image(below, held) for below, held in inside.items()}
            return FrozenFolder(name=name, entries=entries, created_ns=at_ns, modified_ns=at_ns, attributes=marks)

        root = image(self.name, tree)
        assert isinstance(root, FrozenFolder)
        return root

    # For pyfakefs

    @property
    def entries(self) -> dict[str, FakeFile]:
        """What it holds, by name."""
        return {node.name: node for node in self.index.values()}

    def get_entry(self, pathname_name: str) -> FakeFile:
        """Return what it holds by a name in any spelling.

        Raises:
            KeyError: when there is nothing of that name.
        """
        return self.index[folded(pathname_name)]

    def add_entry(self, path_object: FakeFile) -> NoReturn:
        """Refuse.

        Raises:
            NotEmulated: always.
        """
        raise no_writing(f"{self.windows_path}\\{path_object.name!s}")

    def remove_entry(self, pathname_name: str, recursive: bool = True) -> NoReturn:  # noqa: ARG002, FBT001, FBT002
        """Refuse.

        Raises:
            NotEmulated: always.
        """
        raise no_writing(f"{self.windows_path}\\{pathname_name}")


def _node_of(volume: Volume, image: FrozenFolder | FrozenFile | FrozenLink) -> Folder | File | Link:
    if isinstance(image, FrozenFile):
        record = Record(image.content, image.created_ns, image.modified_ns, image.attributes)
        file = File(volume, image.name, record)
        file.image = image
        if image.owner:
            file.owner = image.owner
        return file
    return Folder.of_image(volume, image) if isinstance(image, FrozenFolder) else Link(volume, image)


def _frozen_link(name: str, link: LinkTo, marks: int, at_ns: int) -> FrozenLink:
    return FrozenLink(
        name=name,
        target=link.target,
        kind=link.kind,
        is_directory=link.is_directory,
        created_ns=at_ns,
        modified_ns=at_ns,
        attributes=marks,
    )
