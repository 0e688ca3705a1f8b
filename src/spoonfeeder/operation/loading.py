"""Puts a dump into a database in one transaction: all of it and as it was, or nothing."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from spoonfeeder.db.migrate import LOCK_KEY
from spoonfeeder.embedded.process import spawn
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.operation.manifest import TableSum
from spoonfeeder.operation.programs import Programs
from spoonfeeder.operation.snapshot import SAME_TEXT, SUM

LEFT_OUT = (" SCHEMA ", " COMMENT - SCHEMA ", " POLICY ", " ROW SECURITY ")
"""The schema is there; who sees which rows is put in place by the migrations, which know whether there is a role."""
NEWER_SETTING = b"SET transaction_timeout = 0;\n"
"""Written by pg_restore 17 and later, unknown to older servers."""
FRONT_BYTES = 4096
COPY_BYTES = 256 * 1024

OURS = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e')"
REQUIRE_EMPTY = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r') THEN
        RAISE EXCEPTION 'the database is not empty';
    END IF;
END $$;
"""
CLEAR = f"""
DO $$ DECLARE found text; BEGIN
    FOR found IN SELECT o.oid::regclass FROM pg_class o
        WHERE o.relnamespace = 'public'::regnamespace AND o.relkind IN ('r', 'p') AND {OURS}
    LOOP EXECUTE 'DROP TABLE IF EXISTS ' || found || ' CASCADE'; END LOOP;
    FOR found IN SELECT o.oid::regclass FROM pg_class o
        WHERE o.relnamespace = 'public'::regnamespace AND o.relkind = 'v' AND {OURS}
    LOOP EXECUTE 'DROP VIEW IF EXISTS ' || found || ' CASCADE'; END LOOP;
    FOR found IN SELECT o.oid::regclass FROM pg_class o
        WHERE o.relnamespace = 'public'::regnamespace AND o.relkind = 'S' AND {OURS}
    LOOP EXECUTE 'DROP SEQUENCE IF EXISTS ' || found || ' CASCADE'; END LOOP;
    FOR found IN SELECT o.oid::regprocedure FROM pg_proc o
        WHERE o.pronamespace = 'public'::regnamespace AND {OURS}
    LOOP EXECUTE 'DROP ROUTINE IF EXISTS ' || found || ' CASCADE'; END LOOP;
END $$;
"""  # noqa: S608 - constants of this file
CHECK = """
DO $check$ DECLARE wanted record; n bigint; total numeric; columns text; BEGIN
    FOR wanted IN SELECT * FROM (VALUES {}) AS tables (name, n, total) LOOP
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
            WHERE attrelid = to_regclass('public.' || quote_ident(wanted.name))
                AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        EXECUTE format($query$SELECT count(*), {} FROM public.%I$query$, columns, wanted.name) INTO n, total;
        IF (n, total) IS DISTINCT FROM (wanted.n, wanted.total) THEN
            RAISE EXCEPTION 'the table % is not as it was', wanted.name;
        END IF;
    END LOOP;
END $check$;
"""


def load(programs: Programs, dump: Path, tables: Mapping[str, TableSum], *, replace: bool) -> None:
    """What is in the database goes in the same transaction with `replace`; else it must be empty.

    Every row is compared with `tables` before the end. Raises OperationRefused; then the database is as it was.
    """
    with tempfile.TemporaryFile() as complaints, tempfile.NamedTemporaryFile("w+") as contents:
        contents.write(_wanted_contents(programs, dump))
        contents.flush()
        reading = spawn(
            [programs["pg_restore"], "--no-owner", "--no-privileges", f"--use-list={contents.name}", "--file=-", dump],
            environment=programs.environment,
            output=subprocess.PIPE,
            errors=complaints,
        )
        options = ["-X", "-q", "--no-password", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse", "-o", "/dev/null"]
        writing = spawn(
            [programs["psql"], *options],
            environment=programs.environment,
            stdin=subprocess.PIPE,
            output=subprocess.DEVNULL,
            errors=complaints,
        )
        assert reading.stdout is not None
        assert writing.stdin is not None
        try:
            with suppress(BrokenPipeError):
                _write_script(reading, writing.stdin, tables, replace=replace)
            if writing.wait() or reading.wait():
                raise OperationRefused(f"The database could not be restored: {_reason(complaints)}.")
        finally:
            for process in (reading, writing):
                process.kill()
                process.wait()
            reading.stdout.close()
            with suppress(BrokenPipeError):
                writing.stdin.close()


def _write_script(
    reading: subprocess.Popen[bytes], script: IO[bytes], tables: Mapping[str, TableSum], *, replace: bool
) -> None:
    """The COMMIT is written only where the dump came to its end."""
    assert reading.stdout is not None
    script.write(f"BEGIN;\nSET LOCAL statement_timeout = 0;\nSELECT pg_advisory_xact_lock({LOCK_KEY});\n".encode())
    script.write((CLEAR if replace else REQUIRE_EMPTY).encode())
    script.write(reading.stdout.read(FRONT_BYTES).replace(NEWER_SETTING, b""))
    shutil.copyfileobj(reading.stdout, script, COPY_BYTES)
    if reading.wait() == 0:
        values = ", ".join(f"('{name}', {sums.rows}::bigint, {sums.hash}::numeric)" for name, sums in tables.items())
        settings = "".join(f"SET LOCAL \"{name}\" = '{value}';\n" for name, value in SAME_TEXT.items())
        script.write((settings + CHECK.format(values, SUM.format("%s")) + "COMMIT;\n").encode())
    script.close()


def _wanted_contents(programs: Programs, dump: Path) -> str:
    listed = subprocess.run([programs["pg_restore"], "--list", dump], capture_output=True, text=True, check=False)
    if listed.returncode:
        raise OperationRefused(f"The database dump cannot be read: {(listed.stderr.splitlines() or ['?'])[-1]}.")
    kept = [line for line in listed.stdout.splitlines() if not any(kind in line for kind in LEFT_OUT)]
    return "\n".join(kept) + "\n"


def _reason(complaints: IO[bytes]) -> str:
    """The first error is the cause; those of the broken pipe follow from it."""
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").splitlines()
    found = [line.partition("ERROR:")[2].strip() for line in lines if "ERROR:" in line]
    return (found or lines or ["psql ended"])[0].rstrip(".")
