"""What can be read off the pages: their links lead somewhere, and nothing that can be set or called is left out."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from typer.main import get_command

from spoonfeeder import cli
from spoonfeeder.core.settings import Settings
from tests.docs.pages import PAGES, ROOT, anchors, blocks, links, prose

NOT_RUN = {
    "runs until Ctrl-C": r"\./spoonfeeder (up|api|worker|simulator)|npm run",
    "changes the machine": r"apt|systemctl|useradd|nginx|install ",
    "needs Docker": r"docker ",
    "needs a key of the vendor": r"sk-|AIza",
    "needs another machine": r"192\.168\.|10\.0\.0\.|\.example",
    "takes minutes": r"make |\./spoonfeeder (test|lint)",
    "works on a clone": r"git ",
}
"""Why commands of a page are not run by test_commands.py, and what of this kind must stand in them."""
LANGUAGES = {"sh", "python", "typescript", "json", "text", "ini", "sql", "mermaid", "yaml", "diff"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_page_is_reached_from_the_front_door() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        waiting += [(page.parent / target.partition("#")[0]).resolve() for target in links(page)]
    decisions = ROOT / "docs" / "decisions"
    assert [page.name for page in PAGES if page not in reached and page.parent != decisions] == []


def test_what_is_not_run_says_truly_why() -> None:
    found = [block for page in PAGES for block in blocks(page)]
    marked = [block for block in found if block.not_run]
    assert [str(block) for block in found if block.language not in LANGUAGES] == []
    assert [str(block) for block in marked if block.not_run not in NOT_RUN] == []
    assert [str(block) for block in marked if not re.search(NOT_RUN[block.not_run or ""], block.text)] == []
    assert set(NOT_RUN) - {block.not_run for block in marked} == set(), "reasons that nobody gives"


def test_commands_stand_where_they_are_run() -> None:
    """In a block of `sh`, not in an indented one, nor under another language's name."""
    command = re.compile(r"(?m)^(    |\t)+(curl|\./spoonfeeder|post) ")
    assert [page.name for page in PAGES if command.search(prose(page))] == []
    others = [block for page in PAGES for block in blocks(page) if block.language not in {"sh", "ini", "yaml"}]
    assert [str(block) for block in others if re.search(r"(?m)^(curl|\./spoonfeeder) ", block.text)] == []


def names_of_settings() -> set[str]:
    aliases = {name: field.validation_alias for name, field in Settings.model_fields.items()}
    return {str(alias or name).upper() for name, alias in aliases.items()}


def configuration() -> str:
    """What docs/api.md says of settings: the section, and the line of those for the few."""
    text = (ROOT / "docs" / "api.md").read_text()
    section = text.partition("## Configuration")[2].partition("\n## ")[0]
    return section + "".join(re.findall(r"(?m)^\* Settings beyond .*$", text))


def test_every_setting_is_documented() -> None:
    told = configuration()
    missing = [name for name in sorted(names_of_settings()) if not re.search(rf"\b{name}\b", told)]
    wildcards = [name.strip("`*") for name in re.findall(r"`[A-Z_]+\*`", told)]
    assert [name for name in missing if not name.startswith(tuple(wildcards))] == []


def test_the_example_of_an_environment_names_no_setting_that_is_unknown() -> None:
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"(?m)^(?:# )?([A-Z][A-Z0-9_]+)=", text))
    of_compose = {"REDIS_PASSWORD"}
    assert named - names_of_settings() - of_compose == set()


def commands(command: object, path: str = "") -> list[str]:
    below = getattr(command, "commands", {})
    if not below:
        return [path.strip()]
    return [name for key, one in below.items() if not one.hidden for name in commands(one, f"{path} {key}")]


def test_every_command_is_in_the_pages() -> None:
    for module in iter_modules(cli.__path__, "spoonfeeder.cli."):
        import_module(module.name)  # it registers its commands
    text = "\n".join(page.read_text() for page in PAGES if page.name != "CHANGELOG.md")
    found = commands(get_command(cli.app))
    assert "key rotate" in found
    assert [name for name in found if not re.search(rf"spoonfeeder {name}\b", text)] == []
