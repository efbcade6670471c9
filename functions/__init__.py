"""The work of Cuadra: the WhatsApp channel, the reading of documents and the books. Nothing here imports
`infra`.
"""
