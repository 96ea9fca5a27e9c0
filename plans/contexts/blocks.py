"""The paragraphs or the table row that print one task or one body's duties, and how they change with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from plans.contexts.content import ItemContent, PerformerContent, ResponsibilityContent, TaskContent
from plans.document.paragraphs import ATTRIBUTE
from plans.document.spelling import fold, strip_end, tidy
from plans.document.table import kind_of

# Words of administrative documents: they are printed in Vietnamese, whoever writes them.
_ATTRIBUTES = {
    "period_text": "Thời gian thực hiện",
    "quantity": "Số lượng",
    "deliverable": "Sản phẩm",
    "cost_text": "Kinh phí",
}
_KINDS = {"period_text": "period", "quantity": "quantity", "deliverable": "deliverable", "cost_text": "cost"}
_ROLES = {"lead": "Chủ trì", "support": "Phối hợp", "execute": "Thực hiện", "direct": "Chỉ đạo"}


@dataclass(frozen=True, slots=True)
class Block:
    """`header` are the cells of the head of the table in which the block is a row."""

    items: list[ItemContent]
    header: tuple[str, ...] = ()

    @property
    def is_row(self) -> bool:
        return bool(self.items and self.items[0].cells)

    def without(self, words: str) -> Block:
        return Block([_swapped(item, words, "") for item in self.items], self.header)


def rewritten(block: Block, old: TaskContent, new: TaskContent) -> Block:
    """`block` with the words of `old` that changed replaced by those of `new`, the others as they stand."""
    if not block.items:
        return block
    return _rewritten_row(block, old, new) if block.is_row else _rewritten_paragraphs(block, old, new)


def new_block(model: Block, task: TaskContent) -> list[ItemContent]:
    """The paragraphs of a task that is not printed yet, in the manner of its neighbour."""
    if model.is_row and len(model.header) == len(model.items[0].cells):
        cells = [""] * len(model.header)
        number = _place(model.header, "number")
        if number is not None:
            cells[number] = _numbered(model.items[0].cells[number], task.number)
        first = replace(model.items[0], cells=tuple(cells), text="", source=task.source)
        manner = Block([replace(first, cells=tuple(cells))], model.header)
        blank = TaskContent(title="", number=task.number, source=task.source)
        return _rewritten_row(manner, blank, task, manner_of=model.items[0].cells).items
    depth = model.items[0].depth if model.items else 1
    label = model.items[0].label if model.items else "1."
    first = ItemContent(label=_numbered(label, task.number), text=task.title, depth=depth, source=task.source)
    blank = TaskContent(title=task.title, number=task.number, source=task.source)
    return _rewritten_paragraphs(Block([first]), blank, task).items


def rewritten_duties(block: Block, old: ResponsibilityContent, new: ResponsibilityContent) -> Block:
    items = list(block.items)
    if not items:
        return block
    if old.body != new.body:
        is_run_in = old.body in items[0].text
        items[0] = _swapped(items[0], old.body, new.body) if is_run_in else replace(items[0], text=new.body)
    if old.label != new.label:
        items[0] = replace(items[0], label=new.label)
    return Block(_listed(items, old.duties, new.duties, new.source), block.header)


def new_duties(model: Block, body: ResponsibilityContent) -> list[ItemContent]:
    depth = model.items[0].depth if model.items else 1
    first = ItemContent(label=body.label, text=body.body, depth=depth, source=body.source)
    duties = [ItemContent(label="-", text=duty, depth=depth + 1, source=body.source) for duty in body.duties]
    return [first, *duties]


def _rewritten_row(block: Block, old: TaskContent, new: TaskContent, manner_of: Sequence[str] | None = None) -> Block:
    row = block.items[0]
    cells, manner = list(row.cells), list(manner_of or row.cells)
    title = _place(block.header, "title")
    title = title if title is not None else _place_of_words(cells, old.title)

    def put(place: int | None, before: str, after: str, name: str) -> None:
        if before == after:
            return
        if place is None:
            place = _place_of_words(cells, before)
        if place is not None and before and before not in cells[place] and after and after in cells[place]:
            return  # said already
        if place is not None:
            cells[place] = cells[place].replace(before, after, 1) if before and before in cells[place] else after
        elif title is not None and after and _place_of_words(cells, after) is None:
            cells[title] = f"{cells[title]}\n{name}: {after}".strip()

    put(_place(block.header, "number"), old.number, new.number, "")
    put(title, old.title, new.title, "")
    for field, name in _ATTRIBUTES.items():
        put(_place(block.header, _KINDS[field]), getattr(old, field), getattr(new, field), name)
    if _said(old.performers) != _said(new.performers):
        _put_performers(cells, manner, block.header, title, new.performers)
    if old.details != new.details:
        _put_details(cells, block.header, title, old.details, new.details)
    text = " ".join(filter(None, cells))
    return Block([replace(row, cells=tuple(cells), text=text), *block.items[1:]], block.header)


def _said(performers: Sequence[PerformerContent]) -> list[tuple[str, str]]:
    return [(each.text, each.role) for each in performers]


def _put_performers(
    cells: list[str],
    manner: list[str],
    header: Sequence[str],
    title: int | None,
    performers: Sequence[PerformerContent],
) -> None:
    columns = {role: place for role in _ROLES if (place := _place(header, role)) is not None}
    rest = columns.get("execute", next(iter(columns.values()), None))
    for role, place in columns.items():
        own = [each for each in performers if each.role == role or (place == rest and each.role not in columns)]
        named = [
            each.text if each.role == role or each.role == "execute" else f"{_ROLES[each.role]}: {each.text}"
            for each in own
        ]
        cells[place] = _listed_like(manner[place], named)
    if not columns and title is not None:
        cells[title] = f"{cells[title]}\n{_by_role(performers)}".strip()


def _listed_like(manner: str, names: Sequence[str]) -> str:
    """`names` strung together as the cell before was."""
    if not names:
        return ""
    if manner.lstrip().startswith(("-", "–")):
        return ("\n- " if "\n" in manner else " - ").join(["", *names]).strip()
    return ("\n" if "\n" in manner else "; " if ";" in manner or "," not in manner else ", ").join(names)


def _put_details(
    cells: list[str], header: Sequence[str], title: int | None, old: Sequence[str], new: Sequence[str]
) -> None:
    """Details of a row are cells of other columns with their heads ("Ghi chú: …") or lines of the title's cell."""
    for tag, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for gone in old[first:last]:
            for place, cell in enumerate(cells):
                said = f"{header[place]}: {cell}".replace("\n", " ") if place < len(header) else ""
                if gone == said:
                    cells[place] = ""
                elif gone in cell and place == title:
                    cells[place] = cell.replace(gone, "", 1).strip()
        for added in new[begin:end]:
            head, _colon, words = added.partition(": ")
            free = next((at for at, name in enumerate(header) if words and tidy(name) == head and not cells[at]), None)
            if free is not None:
                cells[free] = words
            elif title is not None:
                cells[title] = f"{cells[title]}\n{added}".strip()


def _rewritten_paragraphs(block: Block, old: TaskContent, new: TaskContent) -> Block:
    items = list(block.items)
    depth = items[0].depth
    if old.number != new.number:
        items[0] = replace(items[0], label=_numbered(items[0].label, new.number, old.number))
    if old.title != new.title:
        said = items[0].text
        if old.title and old.title in said:
            items[0] = _swapped(items[0], old.title, new.title)
        elif new.title not in said:
            items[0] = replace(items[0], text=new.title)
    for field, name in _ATTRIBUTES.items():
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            _put(items, before, after, name, depth, new)
    if _said(old.performers) != _said(new.performers):
        _put_names(items, old, new, depth)
    return Block(_listed(items, old.details, new.details, new.source), block.header)


def _put(items: list[ItemContent], before: str, after: str, name: str, depth: int, task: TaskContent) -> None:
    """Replace `before`, first in a paragraph that says nothing else; where it stands nowhere, say it in a new one."""
    places = [place for place, item in enumerate(items) if before and before in item.text]
    places.sort(key=lambda place: not ATTRIBUTE.match(fold(items[place].text)))
    if places:
        place = places[0]
        items[place] = _swapped(items[place], before, after)
        if not after and ATTRIBUTE.fullmatch(f"{fold(items[place].text).strip(' .;')} "):
            del items[place]
    elif after and not any(after in item.text for item in items):
        items.append(ItemContent(label="-", text=f"{name}: {after}", depth=depth + 1, source=task.source))


def _put_names(items: list[ItemContent], old: TaskContent, new: TaskContent, depth: int) -> None:
    gone = {each.text for each in old.performers}
    kept: list[ItemContent] = []
    said: set[str] = set()
    for place, item in enumerate(items):
        found = ATTRIBUTE.match(fold(item.text))
        role = found.lastgroup if found else None
        if place and found and role in _ROLES:
            names = [each.text for each in new.performers if each.role == role]
            said.add(role)
            if names:
                end = "." if item.text.rstrip().endswith(".") else ";" if item.text.rstrip().endswith(";") else ""
                kept.append(replace(item, text=f"{item.text[: found.end()].rstrip()} {'; '.join(names)}{end}"))
        elif place and strip_end(item.text) in gone:
            continue  # a bullet under "Chủ trì:"
        else:
            kept.append(item)
    items[:] = kept
    # Names run in with the title: each is replaced where it stands, the others are said in a paragraph of their own.
    for was, now in zip(old.performers, new.performers, strict=False):
        if was.role not in said and was.text != now.text and was.role == now.role and was.text in items[0].text:
            items[0] = _swapped(items[0], was.text, now.text)
    rest = [each for each in new.performers if each.role not in said and each.text not in items[0].text]
    at = 1
    for role, name in _ROLES.items():
        if names := [each.text for each in rest if each.role == role]:
            words = f"{name}: {'; '.join(names)}"
            items.insert(at, ItemContent(label="-", text=words, depth=depth + 1, source=new.source))
            at += 1


def _by_role(performers: Sequence[PerformerContent]) -> str:
    parts = []
    for role, name in _ROLES.items():
        if names := [each.text for each in performers if each.role == role]:
            parts.append(f"{name}: {'; '.join(names)}")
    return "\n".join(parts)


def _listed(
    items: list[ItemContent], old: Sequence[str], new: Sequence[str], source: tuple[int, ...]
) -> list[ItemContent]:
    """Details or duties, one paragraph each: the changed one changed, new ones after the one above them."""
    items = list(items)
    last = 0
    for tag, first, last_old, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        added = list(new[begin:end])
        for words in old[first:last_old]:
            place = next((at for at, item in enumerate(items) if words in item.text), None)
            if place is None:
                continue
            if tag == "equal":
                last = place
            elif added:
                items[place] = _swapped(items[place], words, added.pop(0))
                last = place
            elif items[place].text.strip() == words and place:
                del items[place]
                last = min(last, len(items) - 1)
            else:
                items[place] = _swapped(items[place], words, "")
        if tag == "equal":
            continue
        for words in added:
            if any(words in item.text for item in items):
                continue
            depth = items[last].depth if last else (items[0].depth + 1 if items else 1)
            items.insert(last + 1, ItemContent(label="-", text=words, depth=depth, source=source))
            last += 1
    return items


def _swapped(item: ItemContent, before: str, after: str) -> ItemContent:
    if not before:
        return item
    cells = tuple(cell.replace(before, after, 1) for cell in item.cells)
    text = " ".join(filter(None, cells)) if cells else item.text.replace(before, after, 1)
    return replace(item, text=text if after else tidy(text), cells=cells)


def _numbered(label: str, number: str, old: str = "") -> str:
    """The label of a neighbour ("3.", "Điều 3.", "-") with another number; a bullet stays a bullet."""
    if old and old in label:
        return label.replace(old, number, 1)
    if not number:
        return label if label.strip() in {"-", "–", "•", "+", "*"} else ""
    found = re.search(r"\w+(?:\.\w+)*(?=\W*$)", label)
    return f"{label[: found.start()]}{number}{label[found.end() :]}" if found else f"{number}."


def _place(header: Sequence[str], kind: str) -> int | None:
    return next((place for place, words in enumerate(header) if kind_of(words) == kind), None)


def _place_of_words(cells: Sequence[str], words: str) -> int | None:
    return next((place for place, cell in enumerate(cells) if words and words in cell), None)
