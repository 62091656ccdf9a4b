"""Lists in the order of ids, which is that of time."""

from shared.http import PageQuery


def after_id(page: PageQuery) -> str | None:
    """The id after which the page begins. Raises InvalidCursor."""
    position = page.after(str)
    return None if position is None else str(position[0])
