"""README.md and docs/*.md as a test reads them: their commands, their links, their headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "docs", ROOT / "docs" / "operation", ROOT / "docs" / "decisions"]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(page for each in FOLDERS for page in sorted(each.glob("*.md")))]
FENCE = re.compile(r"(?P<indent> *)```(?P<language>\S*)(?P<rest>.*)")
NOT_RUN = re.compile(r"\s*<!-- not run: (?P<reason>.+) -->")
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced piece of a page; `not_run` is the reason that stands in a comment on the line before it."""

    page: Path
    line: int
    language: str
    text: str
    not_run: str | None

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    lines = iter(enumerate(page.read_text().splitlines(), 1))
    before = ""
    for number, line in lines:
        if opened := FENCE.fullmatch(line):
            indent = len(opened["indent"])
            inside = []
            for _, text in lines:
                if text.strip() == "```":
                    break
                inside.append(text[indent:])
            marked = NOT_RUN.fullmatch(before)
            yield Block(page, number, opened["language"], "\n".join(inside) + "\n", marked and marked["reason"])
        before = line


def prose(page: Path) -> str:
    """Without the fenced pieces."""
    kept: list[str] = []
    is_inside = False
    for line in page.read_text().splitlines():
        if line.strip().startswith("```"):
            is_inside = not is_inside
        elif not is_inside:
            kept.append(line)
    return "\n".join(kept)


def links(page: Path) -> list[str]:
    """The targets inside this repository: `path`, `path#anchor`, `#anchor`."""
    found = (match["target"] for match in LINK.finditer(prose(page)))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """The names of the headings, as GitHub makes them."""
    heads = re.findall(r"(?m)^#+ +(.+?) *$", prose(page))
    plain = (re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head)).lower() for head in heads)
    return {name.replace(" ", "-") for name in plain}
