r"""Millions of messages: streamed, in flat memory, in several processes, to be continued after a kill.

>>> from temperament.batch import Job, run
>>> job = Job(source=None, target=None, fields=("state",))
>>> import io
>>> out = io.BytesIO()
>>> done = run(job, io.BytesIO("编号,留言\n1,气死我了！！到底管不管？！\n2,\n".encode()), out)
>>> print(out.getvalue().decode().replace("\r", ""), end="")
编号,留言,state
1,气死我了！！到底管不管？！,angry
2,,calm
>>> done.rows, done.unread, done.rejected
(2, 1, 0)
"""

from temperament.batch.job import Done as Done
from temperament.batch.job import Job as Job
from temperament.batch.running import run as run
