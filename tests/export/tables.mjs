// tables.mjs WHOLE parquet|ndjson|csv FOLDER|views FILE …: of what exports have written, by DuckDB: of each table how many
// rows count, and a digest of them in any order, but for what hangs on when they were written (updated_seq, deliveries).
// The types are those of the Parquet files in WHOLE, which holds every table that any other does.
import { DuckDBInstance } from '@duckdb/node-api'
import { existsSync, readFileSync } from 'node:fs'

const tables = {
    erasures: '', events: '', deliveries: '', lead_changes: '',
    conversations: 'newest', leads: 'newest', agents: 'newest', messages: 'newest of all',
}
const newest = {
    '': () => '',
    newest: key => `QUALIFY row_number() OVER (PARTITION BY trail, ${key} ORDER BY updated_seq DESC) = 1`,
    'newest of all': key => `QUALIFY updated_seq = max(updated_seq) OVER (PARTITION BY trail, ${key})`,
}
const readers = {
    parquet: files => `read_parquet('${files}', hive_partitioning = false)`,
    ndjson: (files, types) => `read_json('${files}', format = 'newline_delimited', columns = ${types}, hive_partitioning = false)`,
    csv: (files, types) => `read_csv('${files}', header = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false,
        columns = ${types}, hive_partitioning = false)`,
}

const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' })
const connection = await instance.connect()
const rows = async sql => (await connection.runAndReadAll(sql)).getRows()
await connection.run("SET TimeZone = 'UTC'")

const [whole, ...given] = process.argv.slice(2)
const columns = {}
for (const table of Object.keys(tables))
    columns[table] = existsSync(`${whole}/${table}`) ? await rows(`DESCRIBE SELECT * FROM ${readers.parquet(`${whole}/${table}/*/*`)}`) : []

function source(kind, at, table) {
    if (kind === 'views') return `FROM ${table}`
    if (!existsSync(`${at}/${table}`)) return null
    const types = `{${columns[table].map(([name, type]) => `${name}: '${type}'`).join(', ')}}`
    return `FROM ${readers[kind](`${at}/${table}/*/*`, types)} ${newest[tables[table]](columns[table][1]?.[0])}`
}

// What JSON is made of is compared, not how it is written; and CSV has U+FFFD for U+0000.
const compared = { JSON: name => `json(${name})`, VARCHAR: name => `replace(${name}, chr(0), '\ufffd')` }
function statement(table, from) {
    const lasting = columns[table].filter(([name]) => name !== 'updated_seq' && name !== 'deliveries')
    const values = lasting.map(([name, type]) => `${compared[type]?.(name) ?? name} AS ${name}`).join(', ')
    return `SELECT count(*), sum(('0x' || substr(md5(to_json(t)::VARCHAR), 1, 15))::BIGINT) FROM (SELECT ${values} FROM (SELECT * ${from})) t`
}

for (let i = 0; i < given.length; i += 2) {
    const [kind, at] = given.slice(i, i + 2)
    if (kind === 'views') await connection.run(readFileSync(at, 'utf8'))
    const told = []
    for (const table of Object.keys(tables)) {
        const from = source(kind, at, table)
        const [row] = from && columns[table].length > 0 ? await rows(statement(table, from)) : [[0n, null]]
        told.push(`${table} ${row[0]} ${row[0] > 0n ? row[1] : '-'}`)
    }
    console.log(told.join(', '))
}
