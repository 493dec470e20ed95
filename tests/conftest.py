"""What all tests share."""

from hypothesis import settings

# The same examples in every run: a property that fails does so for everybody. No deadline: this
# machine may be busy with something else.
settings.register_profile("benchrig", max_examples=40, deadline=None, derandomize=True)
settings.load_profile("benchrig")
