// A digest over all rows and columns of the table events, whatever their order: by SQL where an export has brought them,
// and of the events as `hooktrail events` and the API give them. Nothing here is hooktrail's own: what is compared shares
// no code with the exporter.
//
//   digest.mjs list TRAIL HOOKTRAIL DATA URL TOKEN   of the events of the store: a line of each form that JSON may take
//   digest.mjs duckdb parquet|ndjson|csv FOLDER      of the files of an export below FOLDER
//   digest.mjs postgresql                            the statement for PostgreSQL; {} is the table
//
// A line is ROWS|SUM OF SEQ|OF SIZE|OF DELIVERIES|DIGEST. A row's text is each column's length in bytes, a colon and its
// value, or a dash for NULL; the digest is the sum of the first 60 bits of the MD5 of each row's text.
import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import http from 'node:http'
import { createInterface } from 'node:readline'

const columns = {
    trail: 'text', seq: 'integer', type: 'text', received_at: 'time', occurred_at: 'time', agent_id: 'text', agent_name: 'text',
    conversation_id: 'text', lead_id: 'text', visitor_id: 'text', derived: 'boolean', sha256: 'text', size: 'integer',
    deliveries: 'integer', warnings: 'json', payload: 'json', erased_at: 'time',
}

// ---- by SQL ----

function statement({ text, time, bytes, number }, from) {
    const values = Object.entries(columns).map(([name, type]) => (type === 'time' ? time(name) : text(name)))
    const row = values.map(value => `coalesce(${bytes(value)} || ':' || ${value}, '-')`).join(' || ')
    return `SELECT count(*), sum(seq), sum(size), sum(deliveries), sum(${number(`md5(${row})`)}) FROM ${from}`
}

const postgresql = {
    text: name => `${name}::text`,
    time: name => `(extract(epoch FROM ${name}) * 1000000)::bigint::text`,
    bytes: value => `octet_length(${value})::text`,
    number: md5 => `('x' || substr(${md5}, 1, 15))::bit(60)::bigint`,
}
const duckdb = {
    text: name => `${name}::VARCHAR`,
    time: name => `epoch_us(${name})::VARCHAR`,
    bytes: value => `strlen(${value})::VARCHAR`,
    number: md5 => `('0x' || substr(${md5}, 1, 15))::BIGINT`,
}

const duckdbTypes = { text: 'VARCHAR', integer: 'BIGINT', time: 'TIMESTAMPTZ', boolean: 'BOOLEAN', json: 'JSON' }
const types = `{${Object.entries(columns).map(([name, type]) => `${name}: '${duckdbTypes[type]}'`).join(', ')}}`
const readers = {
    parquet: files => `read_parquet('${files}')`,
    ndjson: files => `read_json('${files}', format = 'newline_delimited', maximum_object_size = 16777216, columns = ${types})`,
    csv: files => `read_csv('${files}', header = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false,
        max_line_size = 4194304, columns = ${types})`,
}

async function byDuckdb(format, folder) {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' })
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    const result = await connection.runAndReadAll(statement(duckdb, readers[format](`${folder}/events/*/*`)))
    console.log(result.getRows()[0].join('|'))
}

// ---- of the events of the store ----

// Two forms: as received, and as PostgreSQL's jsonb writes it. What DuckDB finds within NDJSON it writes anew, without white
// space: as it was received, for the generated payloads have none.
const byLength = (a, b) => Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b))
function jsonb(value) {
    if (Array.isArray(value)) return `[${value.map(jsonb).join(', ')}]`
    if (value === null || typeof value !== 'object') return JSON.stringify(value)
    return `{${Object.keys(value).sort(byLength).map(key => `${JSON.stringify(key)}: ${jsonb(value[key])}`).join(', ')}}`
}
const forms = { received: text => text, jsonb: text => jsonb(JSON.parse(text)) }

function micros(time) { // RFC 3339, UTC, with three or six decimals
    const [, seconds, fraction] = /^(.{19})\.(\d{3}(?:\d{3})?)Z$/.exec(time)
    return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

function textOf(event, form) {
    const values = Object.entries(columns).map(([name, type]) => {
        const value = event[name]
        if (value === null || value === undefined) return null
        if (type === 'time') return micros(value).toString()
        return type === 'json' ? form(value) : String(value)
    })
    return values.map(value => (value === null ? '-' : `${Buffer.byteLength(value)}:${value}`)).join('')
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 16 })
const get = (url, token) => new Promise((resolve, reject) => {
    http.get(url, { agent, headers: { authorization: `Bearer ${token}` } }, reply => {
        const pieces = []
        reply.on('data', piece => pieces.push(piece))
        reply.on('end', () => (reply.statusCode === 200 ? resolve(Buffer.concat(pieces)) : reject(new Error(`${url}: ${reply.statusCode}`))))
    }).on('error', reject)
})

async function withPayload(event, url, token) {
    if (event.erased_at) return null
    const payload = await get(`${url}/v1/events/${event.seq}/payload`, token)
    if (createHash('sha256').update(payload).digest('hex') !== event.sha256) throw new Error(`event ${event.seq}: another payload`)
    return payload.toString()
}

async function ofStore(trail, hooktrail, data, url, token) {
    const sums = Object.fromEntries(Object.keys(forms).map(form => [form, [0n, 0n, 0n, 0n, 0n]]))
    const list = spawn(hooktrail, ['events', '--order', 'asc', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] })
    const add = async line => {
        const event = { trail, derived: false, ...JSON.parse(line) }
        event.payload = await withPayload(event, url, token)
        event.warnings = JSON.stringify(event.warnings)
        for (const [name, form] of Object.entries(forms)) {
            const digest = createHash('md5').update(textOf(event, form)).digest('hex').slice(0, 15)
            const values = [1, event.seq, event.size, event.deliveries, `0x${digest}`]
            values.forEach((value, i) => { sums[name][i] += BigInt(value) })
        }
    }
    let batch = []
    for await (const line of createInterface({ input: list.stdout })) {
        batch.push(add(line))
        if (batch.length === 512) {
            await Promise.all(batch)
            batch = []
        }
    }
    await Promise.all(batch)
    for (const [name, values] of Object.entries(sums)) console.log(name, values.join('|'))
    agent.destroy()
}

const [mode, ...rest] = process.argv.slice(2)
const modes = {
    list: ofStore,
    duckdb: byDuckdb,
    postgresql: () => console.log(statement(postgresql, '{}')),
}
await modes[mode](...rest)
