"""The words of a document, whatever it came as: plain text, HTML or a PDF that has text."""
