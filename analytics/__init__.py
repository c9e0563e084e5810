"""What answers tell: weakness, readiness, mistakes, statistics, mentor reports."""
