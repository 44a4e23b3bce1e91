"""The table of quality shows readers and annotators where a file has them."""

import pytest

from temperament.datasets import read_rows


@pytest.fixture
def quality(bench):
    """Return the module of the benchmark."""
    return bench("quality")


def labelled(tmp_path, ids):
    """Write messages without votes under the given ids."""
    path = tmp_path / "some.jsonl"
    rows = [f'{{"id": "{one}", "text": "好", "temperament": "unclear", "state": "calm"}}\n' for one in ids]
    path.write_text("".join(rows), encoding="utf-8")
    return path


def test_readers_of_real_dev_stand_behind_the_models(quality, tmp_path):
    """Three rows, each with that reader's labels, before the annotators'."""
    known = read_rows(quality.READERS)[:4]
    file = quality.judged(labelled(tmp_path, [row["id"] for row in known]), {})
    file.annotators.append(file.readers[0])
    found = quality.answered(file, None)
    assert list(found)[-4:] == ["reader 1", "reader 2", "reader 3", "annotator 1"]
    assert found["reader 2"]["state"] == [row["votes_s"][1] for row in known]


def test_other_files_have_no_readers(quality, tmp_path):
    """One message that no reader read is enough to leave them out."""
    known = read_rows(quality.READERS)[0]["id"]
    assert quality.judged(labelled(tmp_path, [known, "new"]), {}).readers == []
