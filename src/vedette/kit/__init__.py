"""What needs neither domain nor I/O: errors, ids, time ranges, paging, the search language, counters."""
