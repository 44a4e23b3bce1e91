"""What messages are about, and when many customers bring one matter in a short time.

The topics are the playbook's (``topics.yaml``), and what makes a burst too (``bursts.yaml``); no model is asked.
"""

from temperament.topics.bursts import Burst, bursts
from temperament.topics.counting import Report, TopicCount, report
from temperament.topics.messages import Message, read_messages
from temperament.topics.tagging import Tagger, Topic

__all__ = [
    "Burst",
    "Message",
    "Report",
    "Tagger",
    "Topic",
    "TopicCount",
    "bursts",
    "read_messages",
    "report",
]
