"""Records that are invented: deterministic, realistic, for demo and benchmarks."""
