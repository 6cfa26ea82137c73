"""An answer in prose: a language model rephrases the quotations, and each of its sentences is checked against them.

`client` asks an OpenAI-compatible server, in `background`; `events` reads what it streams. `prompt` words the request,
`drafting` cuts what comes back into sentences. `verify` holds each to the quotations it cites: its words by `polarity`
too, what stands around its figures by `amounts`, who did it to whom by `voice`, what stands in which place by
`exchange`; what a quotation names by other words is in `referents`. `prose` is the composer.
"""

from qa.llm.client import ChatServer
from qa.llm.prose import composed

__all__ = ["ChatServer", "composed"]
