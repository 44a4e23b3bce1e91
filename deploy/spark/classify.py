r"""A job for spark-submit: read messages in bulk and write them with readings.

    spark-submit --master yarn --num-executors 50 --executor-cores 4 --executor-memory 4g \
        deploy/spark/classify.py hdfs:///chats/2026 hdfs:///chats-read/2026 --text-column content

The nodes need Python with ``temperament[spark]``: installed there, or sent along as an archive
(``--archives environment.tar.gz#environment`` with ``PYSPARK_PYTHON=./environment/bin/python``, see venv-pack).
"""

from temperament.spark import main

if __name__ == "__main__":
    main()
