// singer.mjs STORE: a target by Singer's specification (singer-io/getting-started, SPEC.md), made for tests. Reads the
// messages of a tap from standard input, holds each against the specification and each RECORD against its SCHEMA, keeps the
// newest record of each key in the file STORE, and prints the value of each STATE once it holds what came before.
// What it does not like it says on standard error, and exits with 1: then STORE is as it was.
import Ajv from 'ajv'
import formats from 'ajv-formats'
import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [file] = process.argv.slice(2)
const store = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
const ajv = new Ajv.default({ strict: true, allowUnionTypes: true })
formats.default(ajv)

// Behind an erasure these come whole, in the place of all that was there (docs/export.md).
const derived = new Set(['conversations', 'messages', 'leads', 'lead_changes', 'agents'])
const streams = new Map()
let erased = false, lines = 0, stated = false

const only = (message, required, optional = []) => {
    for (const name of required) assert.ok(name in message, `${message.type} lacks ${name}`)
    for (const name of Object.keys(message)) assert.ok([...required, ...optional].includes(name), `${message.type} has ${name}`)
}

const handlers = {
    SCHEMA(message) {
        only(message, ['type', 'stream', 'schema', 'key_properties'], ['bookmark_properties'])
        assert.equal(typeof message.stream, 'string')
        assert.ok(ajv.validateSchema(message.schema), `${message.stream}: no JSON Schema`)
        assert.equal(message.schema.type, 'object')
        assert.ok(Array.isArray(message.key_properties) && message.key_properties.length > 0, 'a list of keys')
        for (const key of message.key_properties) {
            const { type } = message.schema.properties[key]
            assert.ok(type && ![type].flat().includes('null'), `${message.stream}: the key ${key} may be null`)
        }
        const before = streams.get(message.stream)
        if (before) assert.deepEqual(before.message, message, 'a schema does not change within a run')
        else streams.set(message.stream, { message, valid: ajv.compile(message.schema) })
        if (!before && erased && derived.has(message.stream)) store[message.stream] = {}
        store[message.stream] ??= {}
    },
    RECORD(message) {
        only(message, ['type', 'stream', 'record'], ['time_extracted'])
        const stream = streams.get(message.stream)
        assert.ok(stream, `${message.stream}: a record before its schema`)
        const { record } = message
        assert.ok(stream.valid(record), `${message.stream}: ${ajv.errorsText(stream.valid.errors)}: ${JSON.stringify(record)}`)
        assert.deepEqual(Object.keys(record), Object.keys(stream.message.schema.properties), `${message.stream}: its properties`)
        if (message.stream === 'erasures') erased = true
        const key = JSON.stringify(stream.message.key_properties.map(name => record[name]))
        store[message.stream][key] = record
    },
    STATE(message) {
        only(message, ['type', 'value'])
        writeFileSync(`${file}.new`, JSON.stringify(store))
        renameSync(`${file}.new`, file)
        console.log(JSON.stringify(message.value))
        stated = true
    },
}

for await (const line of createInterface({ input: process.stdin })) {
    lines++
    try {
        const message = JSON.parse(line)
        assert.ok(Object.hasOwn(handlers, message.type), `a message of type ${message.type}`)
        handlers[message.type](message)
    } catch (error) {
        console.error(`line ${lines}: ${error.message.slice(0, 500)}`)
        process.exit(1)
    }
}
if (!stated) {
    console.error('the tap ended without a state')
    process.exit(1)
}
