-- A step of its own: if it is cut short and run again, it does nothing.
RENAME TABLE IF EXISTS series_by_job TO series;
