"""The encoder: takes encounters, keeps charts and their documents, gives coders their queue, takes codes, and when a
chart is finished tells the line `chart.coded`. What the grouper or scrubber returns comes back to its chart here.
"""
