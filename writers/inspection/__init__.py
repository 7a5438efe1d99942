"""Look at datasets: show a sample, count, verify, compare; any format, local or remote, finished or not."""
