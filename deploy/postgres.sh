#!/bin/sh
# One of the two PostgreSQL servers: `postgres.sh NAME OPTIONS…`. The one whose NAME is PARLEY_PRIMARY is the primary. Any
# other is its standby: at the first start it copies it into $PGDATA (PGPASSWORD is the primary's), then it follows it,
# until it is promoted. To its primary it gives its NAME, by which PARLEY_SYNCHRONOUS can ask for it.
set -eu
name=$1
shift
if [ "$name" = "$PARLEY_PRIMARY" ]; then
    exec docker-entrypoint.sh postgres "$@" -c "synchronous_standby_names=$PARLEY_SYNCHRONOUS"
fi
if [ ! -s "$PGDATA/global/pg_control" ]; then # which comes last: without it a copy was cut short
    mkdir -p -m 0700 "$PGDATA"
    find "$PGDATA" -mindepth 1 -delete
    pg_basebackup --pgdata="$PGDATA" --checkpoint=fast --wal-method=stream --write-recovery-conf \
        --dbname="host=$PARLEY_PRIMARY user=parley application_name=$name"
    chmod 0700 "$PGDATA"
fi
exec postgres "$@"
