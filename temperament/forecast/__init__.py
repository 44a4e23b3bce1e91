"""Will this conversation end badly? A probability after each turn, and apart from it the decision when to step in."""

from temperament.forecast.forecaster import Forecaster, shipped
from temperament.forecast.policy import Policy

__all__ = ["Forecaster", "Policy", "shipped"]
