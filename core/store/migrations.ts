/**
 * The database's shape, step by step. Append only: a step that was ever released never changes.
 * The number of steps a file has seen stands in its `user_version`.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE kv (
     namespace TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     PRIMARY KEY (namespace, key)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE jobs (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     service TEXT NOT NULL,
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     title TEXT NOT NULL,
     input TEXT NOT NULL,
     join_key TEXT,
     holds TEXT NOT NULL,
     state TEXT NOT NULL,
     phases TEXT NOT NULL,
     percent REAL,
     result TEXT,
     error TEXT,
     created_at INTEGER NOT NULL,
     started_at INTEGER,
     cancelled_at INTEGER,
     ended_at INTEGER
   ) STRICT;
   CREATE INDEX jobs_by_state ON jobs (state, seq);
   CREATE INDEX jobs_by_service ON jobs (service, seq);

   CREATE TABLE job_steps (
     job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
     name TEXT NOT NULL,
     attempt INTEGER NOT NULL,
     is_done INTEGER NOT NULL,
     result TEXT,
     PRIMARY KEY (job, name)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE job_lines (
     job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
     n INTEGER NOT NULL,
     text TEXT NOT NULL,
     PRIMARY KEY (job, n)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE idempotency (
     route TEXT NOT NULL,
     key TEXT NOT NULL,
     digest TEXT NOT NULL,
     answer TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (route, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX idempotency_by_age ON idempotency (at);

   CREATE TABLE connectivity (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     subject TEXT NOT NULL,
     at INTEGER NOT NULL,
     from_state TEXT NOT NULL,
     to_state TEXT NOT NULL,
     reason TEXT
   ) STRICT;
   CREATE INDEX connectivity_by_subject ON connectivity (subject, at);
   CREATE INDEX connectivity_by_age ON connectivity (at);`,

  // AUTOINCREMENT: a fence is never given twice, also after its row is gone.
  `CREATE TABLE leases (
     fence INTEGER PRIMARY KEY AUTOINCREMENT,
     resource TEXT NOT NULL,
     owner TEXT NOT NULL,
     reason TEXT,
     token_hash BLOB NOT NULL UNIQUE,
     ttl_ms INTEGER NOT NULL,
     acquired_at INTEGER NOT NULL,
     renewed_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL,
     ended_at INTEGER,
     ended_how TEXT,
     ended_by TEXT
   ) STRICT;
   CREATE INDEX leases_active ON leases (fence) WHERE ended_at IS NULL;

   ALTER TABLE jobs ADD COLUMN lease TEXT;

   CREATE TABLE audit (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     at INTEGER NOT NULL,
     address TEXT,
     token TEXT,
     action TEXT NOT NULL,
     title TEXT NOT NULL,
     outcome TEXT NOT NULL,
     code TEXT,
     message TEXT,
     job TEXT,
     owner TEXT,
     fence INTEGER
   ) STRICT;
   CREATE INDEX audit_by_time ON audit (at);
   CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
     BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;

   CREATE TABLE schedules (
     id TEXT PRIMARY KEY,
     seq INTEGER NOT NULL,
     value TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,

  `CREATE TABLE deliveries (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     event TEXT NOT NULL,
     webhook TEXT NOT NULL,
     name TEXT NOT NULL,
     subject TEXT NOT NULL,
     data TEXT NOT NULL,
     happened_at INTEGER NOT NULL,
     state TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     first_at INTEGER NOT NULL,
     due_at INTEGER NOT NULL,
     ended_at INTEGER,
     status INTEGER,
     error TEXT,
     UNIQUE (event, webhook)
   ) STRICT;
   CREATE INDEX deliveries_by_due ON deliveries (webhook, state, due_at, seq);`,
]

/** Says that a file is ours (SQLite's application_id: "SPKC"). */
export const APPLICATION_ID = 0x53504b43
