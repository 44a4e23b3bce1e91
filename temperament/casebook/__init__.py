"""Stored cases: accept → record → analyse → solve → follow up → review, with forms, due dates and earlier cases."""

from temperament.casebook.keeping import CLOSED, STAGES, Casebook
from temperament.casebook.results import Due, Earlier, NewCase, Record, Step, Task, Wanted

__all__ = ["CLOSED", "STAGES", "Casebook", "Due", "Earlier", "NewCase", "Record", "Step", "Task", "Wanted"]
