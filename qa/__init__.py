"""Answers from a folder of articles, made of exact quotations.

The way the data flows, and the module of each step:

    offline (`build`):    load -> clean -> chunk -> embed -> index (lexical, dense, store)
    online (`pipeline`):  question -> search (lexical, dense) -> fuse -> rerank -> answer -> cite

`records`, `errors`, `seams`, `config` and `sentences` are the ground that every step stands on. Importing
this package loads none of the heavy libraries; each step loads its own when it is first used.
"""

__version__ = "0.1.0"
