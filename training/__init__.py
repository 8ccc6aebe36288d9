"""From a set of features with labels to a model that is judged honestly. Pure: no warehouse."""
