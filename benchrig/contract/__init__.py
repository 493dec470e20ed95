"""What every app must answer: run on a load generator host, standard library only."""
