"""Bad input by the hundred: random command lines and damaged files, each to end in a sentence."""
