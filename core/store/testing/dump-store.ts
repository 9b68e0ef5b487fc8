import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'

/** Rows of a table that are kept; logs have thousands, and the first are like the others. */
const ROWS = 12

/** A database as SQL text that makes it again: schema, pragmas, and of each table its first rows. */
export function dumpStore(db: DatabaseSync): string {
  const schema = db
    .prepare(
      "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND sql IS NOT NULL",
    )
    .all() as { type: string; name: string; sql: string }[]
  const tables = schema.filter(({ type }) => type === 'table')
  const lines = [
    ...['application_id', 'user_version'].map((name) => `PRAGMA ${name} = ${pragma(db, name)};`),
    ...schema.map(({ sql }) => `${sql};`),
    ...tables.flatMap(({ name }) => inserts(db, name)),
  ]
  return `${lines.join('\n')}\n`
}

/** Names of the tables, each with its rows, as they stand in the database. */
export function readTables(db: DatabaseSync): Record<string, Record<string, SQLOutputValue>[]> {
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({ name }) => String(name))
  return Object.fromEntries(names.map((name) => [name, db.prepare(`SELECT * FROM ${name}`).all()]))
}

function inserts(db: DatabaseSync, table: string): string[] {
  return db
    .prepare(`SELECT * FROM ${table} LIMIT ${ROWS}`)
    .all()
    .map((row) => {
      const columns = Object.keys(row).join(', ')
      return `INSERT INTO ${table} (${columns}) VALUES (${Object.values(row).map(literal).join(', ')});`
    })
}

function literal(value: SQLOutputValue): string {
  if (value === null) return 'NULL'
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}

const pragma = (db: DatabaseSync, name: string): number =>
  Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
