"""The book: for a code everything that the classification and those who use it say of it, on one page."""
