"""The catalogues as checked, immutable values: variants, servers, workloads."""
