"""Labelling by hand: the messages, the decisions, the file they are kept in. Nothing here knows a terminal."""

from temperament.labelling.messages import Message, read_messages
from temperament.labelling.session import Session, SuggestWhen
from temperament.labelling.store import Label, Store

__all__ = ["Label", "Message", "Session", "Store", "SuggestWhen", "read_messages"]
