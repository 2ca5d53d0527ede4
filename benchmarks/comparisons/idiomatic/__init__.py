"""The same data and the equivalent queries as FastAPI with SQLAlchemy's asynchronous ORM has them.

It is written as its documentation advises: declarative models with indexes on what is filtered,
`selectinload` for collections, `load_only` nowhere needed, pydantic models as responses, keyset
paging, full text in FTS5. It keeps no history, so it has no clocks.
"""
