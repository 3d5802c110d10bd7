-- What the tables of 0006 replace.
DROP TABLE IF EXISTS metric_samples;
DROP TABLE IF EXISTS metric_series;
