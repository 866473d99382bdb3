// Bundles the page into dist/: index.html and what it refers to, by names that carry a hash of the contents, and a stamp
// of the sources by which scripts/page-check.sh says, without Node, whether dist/ is what they make.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, 'dist');

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'assets'), { recursive: true });

const shared = {
    absWorkingDir: here,
    outdir: join(out, 'assets'),
    bundle: true,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    target: ['es2023', 'chrome123', 'firefox128', 'safari17.5'],
};

const outputs = [
    await build({ ...shared, entryPoints: ['src/page.js', 'src/page.css'], format: 'esm', splitting: true }),
    await build({ ...shared, entryPoints: ['src/early.js'], format: 'iife' }),
    await build({ ...shared, entryPoints: ['src/icon.svg'], loader: { '.svg': 'copy' } }),
].flatMap(({ metafile }) => Object.entries(metafile.outputs));

function asset(entry, extension) {
    const found = outputs.find(([file, { entryPoint }]) => entryPoint === entry && file.endsWith(extension));
    if (!found) throw new Error(`no output of ${entry}`);
    return `/assets/${basename(found[0])}`;
}

const names = {
    page: asset('src/page.js', '.js'),
    style: asset('src/page.css', '.css'),
    early: asset('src/early.js', '.js'),
    icon: asset('src/icon.svg', '.svg'),
};
// What the page imports at once is fetched beside it, not after it.
const [, { imports }] = outputs.find(([, { entryPoint }]) => entryPoint === 'src/page.js');
const preloads = imports.filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => `<link rel="modulepreload" href="/assets/${basename(path)}">\n`).join('');

const template = readFileSync(join(here, 'index.html'), 'utf8');
writeFileSync(join(out, 'index.html'), template.replace(/\{(\w+)\}/g, (_, name) => name === 'preloads' ? preloads : names[name]));
execFileSync(join(here, '../../scripts/page-check.sh'), ['--stamp', out], { stdio: 'inherit' });
