"""The corpus for other programs' models: tools and resources of the Model Context Protocol.

    tools      what there is to call: a name, what it takes and gives, and a function over `qa.corpus.Corpus`
    hosts      where tools find a corpus, and how they are run: alone over stdio here, in the server's turns in `web`
    server     both together, as a server of the official SDK, for whichever transport
    eras       a client that begins anew in the protocol of 2025

Nothing here but `server`, its parts and `eras` needs the SDK, and no command but `qa mcp` loads it.
"""
