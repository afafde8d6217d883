"""Models of random weights in the folder layouts that publishers use, so small that each is made and painted with in a second."""
