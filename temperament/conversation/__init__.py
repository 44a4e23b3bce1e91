"""Whole conversations: what the customer felt turn by turn, and what the agent did about it."""
