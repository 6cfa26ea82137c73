"""Files to raw documents: `find` lists what there is, `read` takes one file at a time.

    inventory = find(paths)
    for path in inventory.files:
        for document in read(path, limits): ...

Nothing here judges what a text means; that is the business of `clean`. A file or a row that cannot be
used is reported as `LeftOut` with its place and its reason, and reading goes on with the next one.
"""

from qa.load.files import read
from qa.load.formats import SUFFIXES, kind_of
from qa.load.limits import Limits
from qa.load.walk import Inventory, absolute, find, origin_of

__all__ = ["SUFFIXES", "Inventory", "Limits", "absolute", "find", "kind_of", "origin_of", "read"]
