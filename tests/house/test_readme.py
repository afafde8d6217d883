"""What README tells a newcomer to type exists."""

import re
import subprocess
import sys

from tests.house.source_files import HOUSE

README = (HOUSE / "README.md").read_text()


def test_readme_names_the_first_commands() -> None:
    assert "make demo" in README
    assert "make test" in README


def test_every_make_command_of_readme_is_in_the_makefile() -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)\b", _commands()))
    targets = set(re.findall(r"^([a-z][a-z-]*):", (HOUSE / "Makefile").read_text(), flags=re.MULTILINE))

    assert named - targets == set()


def test_every_haikei_command_of_readme_is_in_the_command_line() -> None:
    named = set(re.findall(r"\bhaikei ([a-z][a-z-]*)\b", _commands()))

    for command in sorted(named):
        script = f"import sys; sys.argv = ['haikei', {command!r}, '--help']; from integration.cli.app import main; main()"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"README names `haikei {command}`: {done.stderr[-500:]}"


def test_every_link_between_our_pages_leads_somewhere() -> None:
    pages = [*HOUSE.glob("*.md"), *HOUSE.glob("deploy/*.md")]
    links = {(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)", page.read_text()) if "://" not in link}

    assert {f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()} == set()


def _commands() -> str:
    """Only what stands as code: fenced blocks and inline."""
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL))
    return "\n".join([*fenced, *inline])
