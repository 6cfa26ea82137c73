"""Archives: each member is read by its own format, with an origin like `papers.zip/folder/a.txt`.

The names of members are never used to write anything, links are not followed, and all that is taken out is counted.
"""

from qa.load.archives.tars import read_tar, read_tar_bz2, read_tar_gz, read_tar_xz
from qa.load.archives.zips import read_zip

__all__ = ["read_tar", "read_tar_bz2", "read_tar_gz", "read_tar_xz", "read_zip"]
