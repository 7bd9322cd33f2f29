"""The verb collect: layouts of real exports, whose each file is, and nothing lost or unpacked."""

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from damaged import another_unit, cut_off, lesson, written
from submissions import UNIT, solved

from intark_lab import paths
from intark_lab.grading import collect, folders
from intark_lab.grading.collect import sources, whose

DONE = written(solved(1, 2, 3, 4))
LATER = written(solved(1))


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch):
    """A course's folder, which is the current one."""
    root = tmp_path / "course"
    (root / "exercises").mkdir(parents=True)
    (root / "exercises" / UNIT).symlink_to(paths.exercises() / UNIT)
    (root / "nbgrader_config.py").touch()
    monkeypatch.chdir(root)
    return root


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    """A folder of these files, each written a minute after the one before."""
    for minute, (name, raw) in enumerate(files.items()):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
        os.utime(file, (1_790_000_000 + 60 * minute,) * 2)
    return folder


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for minute, (name, raw) in enumerate(files.items()):
            entry = zipfile.ZipInfo(name, (2026, 5, 4, 10, minute, 0))
            archive.writestr(entry, raw, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def run(capsys, *arguments) -> tuple[int, dict]:
    code = collect.main([*map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def mail(sender: str, name: str, raw: bytes, date: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Date"] = sender, date
    message.set_content("Here it is.")
    message.add_attachment(raw, "application", "octet-stream", filename=name)
    return bytes(message)


MAY, JUNE = "Mon, 4 May 2026 10:00:00 +0200", "Mon, 1 Jun 2026 10:00:00 +0200"
LAYOUTS = {
    "nbgrader": ({f"anna/{UNIT}/{UNIT}.ipynb": DONE}, ["anna"]),
    "a-folder-each": ({"anna/my answers.ipynb": DONE, "berit/02.ipynb": DONE}, ["anna", "berit"]),
    "below-one-folder": (
        {"workshop/anna/a.ipynb": DONE, "workshop/berit/b.ipynb": DONE},
        ["anna", "berit"],
    ),
    "flat": (
        {
            "Anna Berg.ipynb": DONE,
            f"{UNIT}_berit.ipynb": DONE,
            f"carl-{UNIT} (1).ipynb": DONE,
            "dag 02.ipynb": DONE,
            f"eva@uni.example {UNIT}-Copy1.ipynb": DONE,
            "student-12.ipynb": DONE,
            "Åse Ødegård.ipynb.txt": DONE,
        },
        ["anna-berg", "berit", "carl", "dag", "eva@uni.example", "student-12", "åse-ødegård"],
    ),
    "canvas": (
        {
            f"bergkari_340934_208490284_{UNIT}.ipynb": DONE,
            f"lieola_LATE_334244_394803489_{UNIT}-1.ipynb": DONE,
        },
        ["bergkari", "lieola"],
    ),
    "canvas-of-zips": (
        {"bergkari_340934_208490284_work.zip": zipped({f"work/{UNIT}.ipynb": DONE})},
        ["bergkari"],
    ),
    "moodle": (
        {
            f"Kari Berg_657737_assignsubmission_file_/{UNIT}.ipynb": DONE,
            f"Ola Lie_657768_assignsubmission_file_/{UNIT}.ipynb": DONE,
        },
        ["kari-berg", "ola-lie"],
    ),
    "moodle-4": ({f"Kari Berg_657737_assignsubmission_file/{UNIT}.ipynb": DONE}, ["kari-berg"]),
    "moodle-flat": ({f"Kari Berg_6577_assignsubmission_file_{UNIT}.ipynb": DONE}, ["kari-berg"]),
    "a-zip-each": ({"anna.zip": zipped({f"{UNIT}/{UNIT}.ipynb": DONE})}, ["anna"]),
    "mails": (
        {
            "1.eml": mail("Anna <anna@uni.example>", f"{UNIT}.ipynb", DONE, MAY),
            "2.eml": mail("berit@uni.example", "a.zip", zipped({f"{UNIT}.ipynb": DONE}), MAY),
        },
        ["anna@uni.example", "berit@uni.example"],
    ),
    "two-of-one-name": (
        {
            f"Kari Berg_657737_assignsubmission_file_/{UNIT}.ipynb": DONE,
            f"Kari Berg_657768_assignsubmission_file_/{UNIT}.ipynb": LATER,
        },
        ["kari-berg-moodle-657737", "kari-berg-moodle-657768"],
    ),
    "damaged": ({"anna/x.ipynb": cut_off(), f"berit/{UNIT}.ipynb": b""}, ["anna", "berit"]),
    "beside-the-lesson": (
        {f"anna/{UNIT}.ipynb": DONE, f"anna/notebooks/{UNIT}.ipynb": lesson()},
        ["anna"],
    ),
    "with-noise": (
        {
            "anna/x.ipynb": DONE,
            "__MACOSX/anna/._x.ipynb": b"x",
            "anna/.ipynb_checkpoints/x-checkpoint.ipynb": LATER,
            ".DS_Store": b"x",
        },
        ["anna"],
    ),
}


@pytest.mark.parametrize(("files", "students"), LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_each_layout_is_placed(tmp_path, course, capsys, files, students, packed):
    source = laid_out(tmp_path / "sent", files)
    if packed:
        source = tmp_path / "sent.zip"
        source.write_bytes(zipped(files))
    code, said = run(capsys, source)
    assert (code, said["unplaced"]) == (0, [])
    assert [(each["student"], each["state"]) for each in said["placed"]] == [
        (student, "new") for student in students
    ]
    made = sorted(path.relative_to(course) for path in course.rglob("submitted/**/*.ipynb"))
    assert made == [Path("submitted", student, UNIT, f"{UNIT}.ipynb") for student in students]


def spoilt() -> bytes:
    """An archive whose table of contents is at a place where it is not."""
    raw = zipped({"b/02.ipynb": DONE})
    return raw[:50] + raw[60:]


NOT_PLACED = {
    f"{UNIT}.ipynb": (DONE, "no name"),
    "anna/notes.pdf": (b"%PDF", "not a notebook"),
    "anna/u7.ipynb": (another_unit(), "none of this course's units"),
    "anna/other.ipynb": (b'{"cells": []}', "none of this course's units"),
    f"anna/{UNIT}.ipynb": (lesson(), "the lesson of"),
    "broken.zip": (zipped({f"berit/{UNIT}.ipynb": DONE})[:-60], "damaged archive"),
    "crc.zip": (spoilt(), "damaged, or locked"),
}


@pytest.mark.parametrize("name", NOT_PLACED)
def test_what_cannot_be_placed_is_listed_with_the_reason(tmp_path, course, capsys, name):
    raw, reason = NOT_PLACED[name]
    code, said = run(capsys, laid_out(tmp_path / "sent", {name: raw}))
    assert code == 1
    [listed] = said["unplaced"]
    assert listed["from"].startswith(name.removesuffix(".zip"))
    assert reason in listed["reason"]
    assert not list(course.rglob("submitted/*"))


def test_collecting_again_changes_nothing(tmp_path, course, capsys):
    sent = {"anna/a.ipynb": DONE, "anna/b.ipynb": LATER, "berit/b.ipynb": DONE}
    source = laid_out(tmp_path / "sent", sent)
    run(capsys, source)
    before = {path: path.stat().st_mtime_ns for path in course.rglob("*")}
    code, said = run(capsys, source)
    assert (code, said["placed"][0]["state"]) == (0, "same")
    assert {path: path.stat().st_mtime_ns for path in course.rglob("*")} == before


def test_of_several_the_newest_is_kept_in_whatever_order_they_come(tmp_path, course, capsys):
    old = laid_out(tmp_path / "old", {"anna/z.ipynb": DONE})
    newer = {"berit/b.ipynb": DONE, "anna/y.ipynb": DONE, "anna/a.ipynb": LATER}
    new = laid_out(tmp_path / "new", newer)
    for source, state in ((old, "new"), (new, "newer"), (old, "older")):
        assert run(capsys, source)[1]["placed"][0]["state"] == state
    assert (course / "submitted" / "anna" / UNIT / f"{UNIT}.ipynb").read_bytes() == LATER
    timestamp = course / "submitted" / "anna" / UNIT / "timestamp.txt"
    assert timestamp.read_text() == "2026-09-21 14:15:20 UTC"


def test_a_later_mail_replaces_an_earlier_one(tmp_path, course, capsys):
    sent = {
        "1.eml": mail("anna@uni.example", "a.ipynb", LATER, JUNE),
        "2.eml": mail("anna@uni.example", "a.ipynb", DONE, MAY),
    }
    run(capsys, laid_out(tmp_path / "sent", sent))
    file = course / "submitted" / "anna@uni.example" / UNIT / f"{UNIT}.ipynb"
    assert file.read_bytes() == LATER


def test_a_dry_run_changes_nothing(tmp_path, course, capsys):
    code, said = run(capsys, laid_out(tmp_path / "sent", {"anna/a.ipynb": DONE}), "--dry-run")
    assert (code, said["placed"][0]["state"]) == (0, "new")
    assert not (course / "submitted").exists()


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_list_of_students_names_each(tmp_path, capsys, separator):
    rows = ["name,student,canvas,mail", "Kari Berg,s1,340934,kari@uni.example"]
    rows += ['"Lie, Ola",s2,334244,ola@uni.example'] if separator == "," else ["Ola Lie,s2,334244,"]
    rows += ["Eva Dahl,s3,,eva@uni.example"]
    table = tmp_path / "students.csv"
    body = [row if '"' in row else row.replace(",", separator) for row in rows]
    table.write_text("\ufeff" + "\n".join(body), encoding="utf-8")
    sent = {
        f"bergkari_340934_1_{UNIT}.ipynb": DONE,
        f"Ola Lie_77_assignsubmission_file_/{UNIT}.ipynb": DONE,
        "eva.eml": mail("eva@uni.example", f"{UNIT}.ipynb", DONE, MAY),
        f"{UNIT}_somebody.ipynb": DONE,
    }
    code, said = run(capsys, laid_out(tmp_path / "sent", sent), "--students", table)
    assert [each["student"] for each in said["placed"]] == ["s1", "s2", "s3"]
    assert code == 1
    assert "nobody on the list" in said["unplaced"][0]["reason"]


def test_names_of_an_archive_lead_nowhere(tmp_path, course, capsys):
    source = tmp_path / "evil.zip"
    names = [f"../../out/{UNIT}.ipynb", f"/etc/x/{UNIT}.ipynb", f"C:\\x\\..\\..\\{UNIT}.ipynb"]
    source.write_bytes(zipped(dict.fromkeys(names, DONE)))
    before = set(tmp_path.rglob("*"))
    run(capsys, source)
    made = set(tmp_path.rglob("*")) - before
    assert all(course / "submitted" in (path, *path.parents) for path in made)


def test_a_name_does_not_steer_the_terminal(tmp_path, course, capsys):
    source = laid_out(tmp_path / "sent", {"anna\x1b[2J/a.ipynb": DONE, "b\x1b[2J.ipynb": b"1"})
    collect.main([str(source)])
    said = capsys.readouterr().out
    assert "[2J" in said
    assert "\x1b" not in said


def test_a_bomb_is_not_unpacked(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sources, "MOST_BYTES", 1_000_000)
    source = tmp_path / "bomb.zip"
    inner = zipped({f"{n}.ipynb": bytes(10_000_000) for n in range(5)})
    source.write_bytes(zipped({"anna/a.ipynb": DONE, "b/bomb.zip": inner}))
    code, said = run(capsys, source)
    assert [each["student"] for each in said["placed"]] == ["anna"]
    assert code == 1
    assert len(said["unplaced"]) == 5


def test_what_is_unpacked_in_all_is_bounded():
    source = io.BytesIO(zipped({f"{n}.ipynb": bytes(1000) for n in range(9)}))
    read = list(sources._unpacked(source, (), sources.Budget(size=3500), 1))
    assert [type(each) for each in read] == [sources.File] * 3 + [sources.Unread] * 2


def test_archives_in_archives_come_to_an_end():
    raw = zipped({"a.ipynb": DONE})
    for _ in range(9):
        raw = zipped({"a.zip": raw})
    [read] = sources._read(sources.File(("a.zip",), raw, 0), sources.Budget(), 1)
    assert read.reason.name == "collect.deep"


@pytest.mark.skipif(os.name == "nt", reason="signals are Unix's")
def test_killed_in_the_middle_nothing_is_lost_or_half_there(tmp_path, course, capsys):
    source = laid_out(tmp_path / "sent", {f"s{n}/a.ipynb": DONE for n in range(60)})
    command = [sys.executable, "-m", "intark_lab", "collect", str(source)]
    found = {**os.environ, "PYTHONPATH": str(paths.ROOT)}
    process = subprocess.Popen(command, cwd=course, env=found, stdout=subprocess.DEVNULL)
    while not list(course.glob("submitted/s*/*/*.ipynb")) and process.poll() is None:
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = list(course.glob("submitted/*/*/*.ipynb"))
    assert all(file.read_bytes() == DONE for file in there)
    assert run(capsys, source)[0] == 0
    assert len(list(course.glob("submitted/s*/*/*.ipynb"))) == 60
    assert sorted(path.name[0] for path in (course / "submitted").iterdir()) == ["s"] * 60


@pytest.mark.parametrize(
    ("name", "left"),
    [
        (f"{UNIT}.ipynb", ""),
        (f"{UNIT} (2).ipynb", ""),
        ("Unit 02.ipynb", ""),
        ("anna-2.ipynb", "anna-2"),
        ("anna_unit02_final.ipynb", "anna"),
        ("02_anna.ipynb.json", "anna"),
    ],
)
def test_what_a_file_name_says_beside_the_unit(name, left):
    assert whose.flat_name(name, UNIT) == left


@pytest.mark.parametrize(
    ("name", "student"),
    [("Kari Berg", "kari-berg"), ("../x", "x"), ("..", ""), ("a/b*c[d]", "a-b-c-d"), ("é", "é")],
)
def test_a_students_name_fits_a_file_system(name, student):
    assert whose.slug(name) == student


def test_without_a_source_or_a_course_it_says_so(tmp_path, capsys, monkeypatch):
    assert collect.main(["nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert collect.main([str(tmp_path), "--students", "none.csv"]) == 2
    assert "none.csv" in capsys.readouterr().err
    monkeypatch.setattr(folders, "CONFIG", "none.py")
    assert collect.main([str(tmp_path)]) == 2
    assert "nbgrader_config.py" in capsys.readouterr().err


def test_the_lines_for_people(tmp_path, capsys):
    sent = {"anna/a.ipynb": DONE, "anna/b.txt": b"x"}
    assert collect.main([str(laid_out(tmp_path / "sent", sent))]) == 1
    said = capsys.readouterr().out
    assert f"anna  {UNIT}  new" in said
    assert "anna/b.txt: not a notebook" in said
    assert said.endswith("1 written, 0 left as they were, 1 not placed.\n")
