"""Notes at cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .errors import at_the_border

if TYPE_CHECKING:
    from .ranges import Range


@at_the_border
class Note(base_classes.Note):
    """The note at one cell."""

    def __init__(self, cell: Range) -> None:
        self._cell = cell

    @property
    def api(self) -> Any:
        """`com.sun.star.sheet.CellAnnotation`."""
        return self._cell.first_cell.Annotation

    @property
    def location(self) -> Range:
        """Its cell."""
        return self._cell

    @property
    def author(self) -> str:
        """Who wrote it."""
        return str(self.api.Author)

    @property
    def text(self) -> str:
        """What it says."""
        return str(self.api.String)

    @text.setter
    def text(self, value: str) -> None:
        self.api.setString(value)

    def delete(self) -> None:
        """Remove it."""
        self._cell.api.clearContents(8)  # com.sun.star.sheet.CellFlags.ANNOTATION
