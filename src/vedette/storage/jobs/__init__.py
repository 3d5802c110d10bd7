"""Background jobs: rows of a table of work, run by one runner."""

from vedette.storage.jobs.job import Job, JobFunction, LastRun
from vedette.storage.jobs.runner import JobRunner, OnFinished

__all__ = ["Job", "JobFunction", "JobRunner", "LastRun", "OnFinished"]
