"""What every app must answer: run on a load generator host, standard library only.

`checks` are what is asked of every workload; ``workloads/NAME.py`` says what one workload's
answers are, and is found by its name.
"""
