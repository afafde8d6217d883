"""Everything that knows pixels from a model; knows no tracker."""
