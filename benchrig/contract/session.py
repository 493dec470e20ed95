"""What control node and host programs call things in the messages between them."""

QUESTION = "question"  # a number that the answer repeats
FAILED = "failed"  # why there is no answer
ALIVE = "alive"  # asks nothing: the control node is still there
ALIVE_SECONDS = 3.0  # how often a host hears that
LEASE_SECONDS = 60.0  # without a word for so long, the control node is taken for gone
