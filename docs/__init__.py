"""What there is to read, and the program that draws its picture."""
