"""Readings on a real local Spark with two workers: the same answers as one process."""

import csv
import os
import shutil
import sys

import pytest

from temperament import spark
from temperament.batch.columns import OF_TABLE, flat_names
from temperament.errors import InputError, ModelError
from temperament.labels import STATES

pyspark = pytest.importorskip("pyspark", reason="needs the extra [spark]")
pytest.importorskip("pyarrow", reason="needs the extra [spark]")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("needs Java 17 or later", allow_module_level=True)
pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
]

ANGRY = "你们说好三天到，现在第九天了！打电话没人接，到底管不管？！"
TEXTS = [ANGRY, "请问有货吗", None, "", "哈哈，“双引号”,逗号", "第一行\n第二行", "不急，麻烦您有空看看", "😀"] * 40
PARTITIONS = 5


@pytest.fixture(scope="module")
def session():
    """Spark on this machine with two workers."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    options = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "50",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in options.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def table(session):
    """Messages over several partitions."""
    rows = [(number, text) for number, text in enumerate(TEXTS)]
    return session.createDataFrame(rows, "id int, text string").repartition(PARTITIONS).cache()


def test_the_same_answers_as_one_process(table, default):
    """Labels, reasons and probabilities of every message are the library's, over five partitions and two workers."""
    found = table.select("id", spark.read_column("text").alias("reading")).orderBy("id").collect()
    wanted = default.classify_many([text or "" for text in TEXTS], explain=False)
    assert table.rdd.getNumPartitions() == PARTITIONS
    assert len(found) == len(TEXTS)
    for row, reading in zip(found, wanted, strict=True):
        one = row["reading"].asDict(recursive=True)
        assert (one["temperament"], one["state"], tuple(one["also"])) == (
            reading.temperament,
            reading.state,
            reading.also,
        )
        assert (one["reason"], one["confidence"], one["model"]) == (reading.reason, reading.confidence, reading.model)
        for name in ("temperament_probabilities", "state_probabilities", "present_probabilities"):
            assert one[name] == pytest.approx(getattr(reading, name), abs=1e-12)


def test_the_model_is_loaded_once_in_a_process(session, table):
    """Over five partitions no process loads the broadcast model twice."""
    column = spark.read_column("text")

    def loads(batches):
        import os as system

        from temperament.spark import _classifier

        for batch in batches:
            info = _classifier.cache_info()
            yield batch.assign(process=system.getpid(), misses=info.misses)[["process", "misses"]]

    read = table.withColumn("reading", column).repartition(PARTITIONS)
    read.select("reading.state").collect()
    found = read.select("id").mapInPandas(loads, "process long, misses long").collect()
    assert {row["misses"] for row in found} <= {0, 1}
    assert 1 in {row["misses"] for row in found}


def test_columns_of_their_own(session, default):
    """Parts of the reading stand behind the table's columns; a name that is taken gets a number."""
    table = session.createDataFrame([(ANGRY, "湖北")], "`the text` string, state string")
    read = spark.with_readings(table, "the text")
    (row,) = read.collect()
    reading = default.classify(ANGRY)
    assert read.columns[:4] == ["the text", "state", "temperament", "state_2"]
    assert (row["state"], row["state_2"]) == ("湖北", reading.state)
    assert row["state_probabilities"]["angry"] == pytest.approx(reading.state_probabilities["angry"])


def test_an_own_model_folder_is_broadcast(table, toy, toy_folder):
    """A folder of the driver answers on the workers."""
    found = (
        table.select("id", spark.read_column("text", str(toy_folder)).alias("r")).orderBy("id").select("r.*").collect()
    )
    wanted = toy.classify_many([text or "" for text in TEXTS], explain=False)
    assert {row["model"] for row in found} == {"toy"}
    assert [row["state"] for row in found] == [one.state for one in wanted]


def test_a_model_that_is_not_there(table):
    """The driver says so before any worker starts."""
    with pytest.raises(ModelError):
        spark.read_column("text", "none")


def test_the_job(session, tmp_path, default, capsys):
    """The job reads GBK CSV with quoted line breaks and writes Parquet and CSV."""
    source = tmp_path / "in.csv"
    with source.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["编号", "内容"])
        writer.writerows([number, text] for number, text in enumerate([ANGRY, "第一行\n第二行", '说"好"的']))
    spark.main([str(source), str(tmp_path / "out.parquet"), "--encoding", "GB18030", "--partitions", "3"])
    rows = session.read.parquet(str(tmp_path / "out.parquet")).orderBy("编号").collect()
    assert [row["内容"] for row in rows] == [ANGRY, "第一行\n第二行", '说"好"的']
    assert rows[0]["state"] == default.classify(ANGRY).state
    spark.main([str(source), str(tmp_path / "out.csv"), "--encoding", "GB18030"])
    found = session.read.csv(str(tmp_path / "out.csv"), header=True, multiLine=True, escape='"')
    assert found.columns[2:] == [
        name for name in flat_names((*OF_TABLE[:5], "present_probabilities", "confidence", "reason", "model"))
    ]
    assert {row["state"] for row in found.collect()} <= set(STATES)
    with pytest.raises(SystemExit) as left:
        spark.main([str(source), str(tmp_path / "out.csv"), "--text-column", "话"])
    assert left.value.code == 3
    assert "话" in capsys.readouterr().err


def test_what_to_install(monkeypatch):
    """Without pyarrow the message names the extra."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"temperament\[spark\]"):
        spark.read_column("text")
