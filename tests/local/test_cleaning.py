"""`make clean` deletes what the demo made, wherever RUN_DIR put it, and nothing else."""

from __future__ import annotations

from pathlib import Path

from include.local.cleaning import delete_demo


def made(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name / "data").mkdir(parents=True)


def test_a_folder_of_the_demo_goes(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    made(folder, "postgres", "sandbox", "airflow", "logs")
    (folder / "summary.json").write_text("{}")
    delete_demo(folder)
    assert not folder.exists()


def test_what_else_lies_there_stays(tmp_path: Path) -> None:
    """RUN_DIR may name a folder that holds more."""
    made(tmp_path, "postgres", "sandbox", "photos")
    delete_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_the_data_of_make_up_stays(tmp_path: Path) -> None:
    made(tmp_path, "postgres", "airflow")
    delete_demo(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["airflow", "postgres"]


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    delete_demo(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []
