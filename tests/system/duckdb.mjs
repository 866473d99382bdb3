// duckdb.mjs VIEWS QUERY: runs the statements of the file VIEWS, then the query in QUERY, and prints its rows, values with
// "|" between.
import { DuckDBInstance } from '@duckdb/node-api'
import { readFileSync } from 'node:fs'

const [views, query] = process.argv.slice(2)
const instance = await DuckDBInstance.create()
const connection = await instance.connect()
await connection.run("SET TimeZone = 'UTC'")
await connection.run(readFileSync(views, 'utf8'))
const result = await connection.runAndReadAll(readFileSync(query, 'utf8'))
for (const row of result.getRows()) console.log(row.map(value => value === null ? '' : String(value)).join('|'))
