"""Rows that are work: claim, lease, fence, cancel and sweep, for generations and tasks alike (RELIABILITY R1-R15).

The Postgres row is the job. Redis only rings; every guarantee here holds with Redis empty.
"""
