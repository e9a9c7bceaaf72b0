"""The engine role and what it keeps in step with the store; the schedule's and the updates' roads."""
