"""What control node and host programs call things in the messages between them."""

QUESTION = "question"  # a number that the answer repeats
FAILED = "failed"  # why there is no answer
