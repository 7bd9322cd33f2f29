"""The README against the files it speaks of."""

import json
import re
import tomllib

import pytest

from intark_lab import paths

README = (paths.ROOT / "README.md").read_text(encoding="utf-8")
LINKS = re.findall(r"\]\(([^)\s]+)\)", README)
RELATIVE = sorted({link for link in LINKS if not re.match(r"https?:|#", link)})
ROW = re.compile(
    r"^\| \[(?P<title>[^\]]+)\]\((?P<lesson>[^)]+)\) \| (?P<minutes>\S+) "
    r"\|(?: \[(?P<tasks>\w+) tasks?\]\((?P<exercise>[^)]+)\))? "
    r"\|(?: (?P<exercise_minutes>\S+))? \|(?: (?P<points>\d+))? \|$",
    re.MULTILINE,
)
UNITS = [match.groupdict() for match in ROW.finditer(README)]
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def cells(file: str) -> list[dict]:
    return json.loads((paths.ROOT / file).read_text(encoding="utf-8"))["cells"]


@pytest.mark.parametrize("link", RELATIVE)
def test_link_resolves(link):
    assert (paths.ROOT / link.partition("#")[0]).exists()


def test_every_unit_is_in_the_table_in_order():
    lessons = sorted(file.name for file in paths.notebooks().glob("[0-8]*.ipynb"))
    assert [unit["lesson"] for unit in UNITS] == [f"notebooks/{name}" for name in lessons]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit["title"])
def test_title_and_minutes_are_the_lessons(unit):
    opening = "".join(cells(unit["lesson"])[0]["source"])
    number, title = unit["title"].split(" ", 1)
    assert unit["lesson"].startswith(f"notebooks/{number}-")
    assert opening.startswith(f"# {title}\n")
    assert f"{unit['minutes']} minutes" in opening


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit["title"])
def test_tasks_minutes_and_points_are_the_exercises(unit):
    name = unit["lesson"].removeprefix("notebooks/").removesuffix(".ipynb")
    exercise = f"exercises/{name}/{name}.ipynb"
    if unit["exercise"] is None:
        assert not (paths.ROOT / exercise).exists()
        return
    assert unit["exercise"] == exercise
    assert f"{unit['exercise_minutes']} minutes" in "".join(cells(exercise)[0]["source"])
    graded = [cell["metadata"].get("nbgrader", {}) for cell in cells(exercise)]
    points = [cell["points"] for cell in graded if cell.get("grade")]
    assert (NUMBERS.index(unit["tasks"]), int(unit["points"])) == (len(points), sum(points))


def test_binder_badge_is_made_from_the_repository():
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    repository = project["urls"]["Repository"]
    badges = [link for link in LINKS if "mybinder.org/v2" in link]
    if not repository:
        assert badges == []
        assert "**Binder:** after publication." in README
    else:
        place = repository.removeprefix("https://github.com/")
        start = "urlpath=lab/tree/notebooks/00-start.ipynb"
        assert badges == [f"https://mybinder.org/v2/gh/{place}/HEAD?{start}"]


def test_the_picture_is_small_enough_to_load_at_once():
    picture = paths.ROOT / next(link for link in RELATIVE if link.endswith(".png"))
    assert picture.stat().st_size < 200_000
