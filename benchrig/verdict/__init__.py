"""What a trial is worth: pure rules over figures."""
