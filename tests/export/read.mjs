// read.mjs FILE FORMAT READER ROWS SEED: reads a file that write.c wrote, by DuckDB or hyparquet, makes the same rows by
// the same rules, and compares each value. Prints how many rows it found equal.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const [file, format, reader, rowsText, seedText] = process.argv.slice(2)
const rows = Number(rowsText)
const seed = Number(seedText)

// ---- the rules: write.c has them too ----

const names = ['trail', 'seq', 'number', 'moment', 'later', 'flag', 'maybe', 'kind', 'name', 'text', 'note', 'payload', 'nothing']
const nullable = new Set(['number', 'later', 'maybe', 'name', 'text', 'payload', 'nothing'])
const kinds = ['', 'new-contact', 'a,b"c\r\n""d\ne', 'nul\0inside\0', '=1+1', ' x ', 'party 🎉', 'NULL', '\\N', '\u2028ä\x7f\x01', '\\.']
const notes = ['[]', '["a\\u0000b",1.5]', '{"a":{"b":[true,false,"\\""]}}', '"=\\n"', '-7']
const numberEnds = [-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 9007199254740993n]
const timeEnds = [-1n, -62135596800000000n, 253402300799999999n, 0n]

function dice(row, what, base = seed) {
    let h = base ^ Math.imul(row, 0x9e3779b1) ^ Math.imul(what, 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return (h ^ (h >>> 16)) >>> 0
}

const numberOf = (first, second) =>
    first % 8 < numberEnds.length ? numberEnds[first % 8] : BigInt.asIntN(64, (BigInt(first) << 32n) | BigInt(second))
const timeOf = (first, second) =>
    first % 16 < timeEnds.length ? timeEnds[first % 16]
        : 1763990400000000n + BigInt(first % 1000000000) * 1000n + BigInt(second % 1000)

function textOf(row, first) {
    const size = row % 5000 === 4999 ? 1 << 20 : first % 1500
    const words = []
    for (let length = 0, i = 0; length < size; i++) {
        words.push(`${dice(i, 99, first)} ü中, `)
        length += words[i].length + 3 // in UTF-8
    }
    return words.join('')
}

const payloadOf = (row, first) => JSON.stringify({ row, list: Array.from({ length: first % 100 }, (_, i) => `w${dice(i, 98, first) % 10000}`) })
const hex = number => number.toString(16).padStart(8, '0')

function rowOf(row) {
    const made = {}
    const first = i => dice(row, 2 * i)
    const second = i => dice(row, 2 * i + 1)
    const makers = {
        trail: () => '00112233445566778899aabbccddeeff',
        seq: () => BigInt(row) + 1n,
        number: i => numberOf(first(i), second(i)),
        moment: i => timeOf(first(i), second(i)),
        later: i => timeOf(first(i), second(i)),
        flag: i => first(i) % 2 === 1,
        maybe: i => first(i) % 2 === 1,
        kind: i => kinds[first(i) % kinds.length],
        name: i => `${hex(first(i))}-${hex(second(i))}`,
        text: i => textOf(row, first(i)),
        note: i => notes[first(i) % notes.length],
        payload: i => payloadOf(row, first(i)),
        nothing: () => null,
    }
    names.forEach((name, i) => {
        made[name] = nullable.has(name) && second(i) % 5 === 0 ? null : makers[name](i)
    })
    return made
}

// ---- readers: each calls `visit` with an array of values for each row, in order ----

async function byHyparquet(visit) {
    const { parquetRead, parquetMetadataAsync } = await import('hyparquet')
    const { compressors } = await import('hyparquet-compressors')
    const bytes = readFileSync(file)
    const buffer = {
        byteLength: bytes.length,
        slice: (from, to) => bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + (to ?? bytes.length)),
    }
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    const text = data => data && decoder.decode(data)
    const parsers = { timestampFromMicroseconds: micros => micros, jsonFromBytes: text, stringFromBytes: text }
    const metadata = await parquetMetadataAsync(buffer)
    checkMetadata(metadata)
    let begin = 0
    for (const group of metadata.row_groups) {
        const end = begin + Number(group.num_rows)
        await parquetRead({
            file: buffer, metadata, compressors, parsers, rowStart: begin, rowEnd: end,
            onComplete: found => found.forEach(visit),
        })
        begin = end
    }
}

function checkMetadata(metadata) {
    assert.equal(metadata.num_rows, BigInt(rows))
    assert.match(metadata.created_by, /^hooktrail version \d/)
    assert.deepEqual(metadata.key_value_metadata, [
        { key: 'hooktrail.schema_version', value: '1' }, { key: 'hooktrail.table', value: 'rows' },
    ])
    assert.deepEqual(metadata.schema.slice(1).map(column => column.name), names)
    for (const column of metadata.schema.slice(1))
        assert.equal(column.repetition_type, nullable.has(column.name) ? 'OPTIONAL' : 'REQUIRED')
    const logical = Object.fromEntries(metadata.schema.slice(1).map(column => [column.name, column.logical_type]))
    assert.deepEqual(logical.moment, { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' })
    assert.deepEqual([logical.kind, logical.note, logical.seq], [{ type: 'STRING' }, { type: 'JSON' }, undefined])
    assert.ok(metadata.row_groups.length > (rows >= 30000 ? 1 : rows > 0 ? 0 : -1), 'as many row groups as the size calls for')
    for (const group of metadata.row_groups) {
        const encodings = Object.fromEntries(group.columns.map(({ meta_data }) => [meta_data.path_in_schema[0], meta_data.encodings]))
        assert.ok(encodings.kind.includes('RLE_DICTIONARY') && encodings.trail.includes('RLE_DICTIONARY'), 'a dictionary of a few')
        assert.ok(!encodings.payload.includes('RLE_DICTIONARY') && !encodings.nothing.includes('RLE_DICTIONARY'), 'none of many')
    }
    checkStatistics(metadata)
}

// Bounds are those of the rows of each group; NULLs are counted.
function checkStatistics(metadata) {
    let row = 0
    for (const group of metadata.row_groups) {
        const made = Array.from({ length: Number(group.num_rows) }, () => rowOf(row++))
        group.columns.forEach((column, i) => {
            const values = made.map(one => one[names[i]]).filter(value => value !== null)
            const { null_count, min_value, max_value } = column.meta_data.statistics
            assert.equal(null_count, BigInt(made.length - values.length), names[i])
            if (min_value === undefined) return
            const [least, greatest] = values.reduce(([a, b], v) => [v < a ? v : a, v > b ? v : b], [values[0], values[0]])
            const plain = value => (value instanceof Date ? value.getTime() : value)
            const bound = value => (names[i] === 'moment' || names[i] === 'later' ? Number(value / 1000n) : value)
            assert.deepEqual([plain(min_value), plain(max_value)], [bound(least), bound(greatest)], names[i])
        })
        const bounded = group.columns.filter(column => column.meta_data.statistics.min_value !== undefined).map(column => column.meta_data.path_in_schema[0])
        assert.deepEqual(bounded, names.slice(0, 9), 'all columns of short values have bounds')
    }
}

const SQL = {
    parquet: 'read_parquet(?)',
    ndjson: "read_json(?, format = 'newline_delimited', maximum_object_size = 16777216, columns = COLUMNS)",
    csv: "read_csv(?, header = true, delim = ',', quote = '\"', escape = '\"', allow_quoted_nulls = false, max_line_size = 4194304, columns = COLUMNS)",
}
const types = {
    trail: 'VARCHAR', seq: 'BIGINT', number: 'BIGINT', moment: 'TIMESTAMPTZ', later: 'TIMESTAMPTZ', flag: 'BOOLEAN', maybe: 'BOOLEAN',
    kind: 'VARCHAR', name: 'VARCHAR', text: 'VARCHAR', note: 'JSON', payload: 'JSON', nothing: 'VARCHAR',
}

async function byDuckdb(visit) {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    const connection = await instance.connect()
    const columns = `{${names.map(name => `${name}: '${types[name]}'`).join(', ')}}`
    const from = SQL[format].replace('COLUMNS', columns)
    if (format === 'parquet') {
        const described = await connection.runAndReadAll(`describe select * from ${from}`, [file])
        const found = Object.fromEntries(described.getRowObjects().map(row => [row.column_name, row.column_type]))
        assert.deepEqual(found, { ...types, moment: 'TIMESTAMP WITH TIME ZONE', later: 'TIMESTAMP WITH TIME ZONE' })
    }
    // Texts as bytes, for what stands behind U+0000.
    const wanted = names.map(name => (types[name] === 'VARCHAR' || types[name] === 'JSON' ? `encode(${name}::VARCHAR)` : name))
    const result = await connection.stream(`select ${wanted.join(', ')} from ${from}`, [file])
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    for (let chunk; (chunk = await result.fetchChunk()) && chunk.rowCount > 0;) {
        for (const row of chunk.getRows())
            visit(row.map(value => (value?.bytes ? decoder.decode(value.bytes) : value?.micros !== undefined ? value.micros : value)))
    }
    connection.closeSync()
}

// ---- comparing ----

// CSV has no place for U+0000.
function wantedOf(name, value) {
    if (value === null) return null
    if (format === 'csv' && types[name] === 'VARCHAR') return value.replaceAll('\0', '\ufffd')
    return value
}
// DuckDB writes the JSON that it finds within JSON anew.
const canonical = (name, value) => (format === 'ndjson' && types[name] === 'JSON' && value ? JSON.stringify(JSON.parse(value)) : value)

let row = 0
await (reader === 'duckdb' ? byDuckdb : byHyparquet)(found => {
    const made = rowOf(row)
    names.forEach((name, i) => {
        const wanted = canonical(name, wantedOf(name, made[name]))
        const got = canonical(name, found[i] ?? null)
        if (wanted !== got) assert.fail(`row ${row}, ${name}: ${String(got).slice(0, 200)} instead of ${String(wanted).slice(0, 200)}`)
    })
    row++
})
assert.equal(row, rows)
console.log(row)
