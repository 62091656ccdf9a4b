"""What stands behind `revcycle tables`: one module for each thing that an operator does with reference tables."""
