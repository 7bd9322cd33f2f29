"""Points that travel as a short code: nothing is lost, and a slip of the pen is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intark_lab import progress
from intark_lab.lab import LabError
from intark_lab.tasks import TASKS
from intark_lab.tasks.code import ALPHABET, WrongCode, decode, encode
from intark_lab.tasks.report import main

POINTS = st.none() | st.integers(0, 6)
UNITS = st.dictionaries(st.integers(1, 15), st.lists(POINTS, min_size=1, max_size=15), max_size=8)


def by_task(units: dict[int, list]) -> dict:
    return {
        f"{unit}.{number}": points
        for unit, tasks in units.items()
        for number, points in enumerate(tasks, 1)
    }


def tried(points: dict) -> dict:
    return {task: value for task, value in points.items() if value is not None}


@given(UNITS.map(by_task))
def test_what_goes_in_comes_out(points):
    assert decode(encode(points)) == tried(points)
    assert decode(encode(points).lower().replace("-", " ").replace("0", "o")) == tried(points)


@given(UNITS.map(by_task), st.data())
def test_a_wrong_letter_is_noticed(points, data):
    code = encode(points)
    places = [place for place, letter in enumerate(code) if letter != "-"]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([each for each in ALPHABET if each != code[place]]))
    with pytest.raises(WrongCode):
        decode(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize("code", ["", "-", "U", "0000", "æøå", "1" * 40])
def test_what_is_no_code(code):
    with pytest.raises(WrongCode):
        decode(code)


def test_the_whole_course_fits_on_a_line():
    assert len(encode(dict.fromkeys(TASKS, 2))) <= 60


@pytest.fixture
def code(lab):
    lab.task("2.1")
    return encode({"2.1": 1, "2.2": None, "2.3": 2, "9.1": 2})


def test_points_are_counted_in_another_lab_and_better_ones_stay(lab, code):
    lab.control("POST", "/progress", {"code": encode({"2.1": 2})})
    standing = lab.control("POST", "/progress", {"code": code})
    reached = {each["task"]: each["points"] for each in standing["tasks"] if each["tried"]}
    assert reached == {"2.1": 2, "2.3": 2}
    assert {each["attempts"] for each in standing["tasks"]} == {0}
    assert decode(standing["code"]) == reached


def test_the_table_shows_the_code_once_there_are_points(lab, code, capsys):
    progress()
    assert "progress(" not in capsys.readouterr().out
    progress(code)
    shown = capsys.readouterr().out
    assert lab.control("GET", "/progress")["code"] in shown


def test_a_wrong_code_says_so(lab, capsys):
    with pytest.raises(LabError, match="no code of this course"):
        progress("HELLO")
    assert main(["HELLO"]) == 1
    assert "no code of this course" in capsys.readouterr().err.replace("\n", " ")
