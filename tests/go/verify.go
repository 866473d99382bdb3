// An independent verifier of hooktrail's proofs: signed notes and Merkle trees are judged by golang.org/x/mod/sumdb,
// which has nothing of hooktrail's code. Text that these packages don't know (c2sp.org/tlog-checkpoint, tlog-proof)
// is read here by its specification.
//
//	verify checkpoint KEYS NOTE                    prints origin, size and root
//	verify inclusion KEYS PROOF LEAF               a tlog-proof, and the leaf's data in a file
//	verify consistency KEYS OLD-NOTE NOTE PROOF    a base64 hash a line
//	verify paths SIZE                              the tiles and entry bundles of a tree, a path a line
//	verify tiles KEYS NOTE DIR [PROOF …]           checks all tiles and entries below DIR, and that the tree they make
//	                                               gives these very proofs of inclusion
//	verify tampered-inclusion KEYS PROOF LEAF      tampers in every way, and fails if any passes
//	verify tampered-consistency KEYS OLD-NOTE NOTE PROOF
//
// KEYS is a file of verifier keys, one a line. Exit status 1: refused.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

var strict = base64.StdEncoding.Strict()

// ---- text ----

type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

func parseHash(line string) (tlog.Hash, error) {
	var hash tlog.Hash
	bytes, err := strict.DecodeString(line)
	if err != nil || len(bytes) != len(hash) {
		return hash, fmt.Errorf("not a hash: %q", line)
	}
	copy(hash[:], bytes)
	return hash, nil
}

func parseHashes(text string) ([]tlog.Hash, error) {
	hashes := []tlog.Hash{}
	if text == "" {
		return hashes, nil
	}
	if !strings.HasSuffix(text, "\n") {
		return nil, errors.New("the last line is not ended")
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		hash, err := parseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func parseDecimal(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || strconv.FormatInt(number, 10) != text {
		return 0, fmt.Errorf("not a number: %q", text)
	}
	return number, nil
}

func parseCheckpoint(text string) (*checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] == "" || lines[len(lines)-1] != "" {
		return nil, errors.New("not a checkpoint")
	}
	size, err := parseDecimal(lines[1])
	if err != nil {
		return nil, err
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return nil, err
	}
	for _, extension := range lines[3 : len(lines)-1] {
		if extension == "" {
			return nil, errors.New("an empty line in the checkpoint")
		}
	}
	return &checkpoint{lines[0], size, root}, nil
}

type proof struct {
	extra  []byte
	index  int64
	hashes []tlog.Hash
	note   []byte
}

func (p *proof) format() []byte {
	var out bytes.Buffer
	out.WriteString("c2sp.org/tlog-proof@v1\n")
	if len(p.extra) > 0 {
		fmt.Fprintf(&out, "extra %s\n", strict.EncodeToString(p.extra))
	}
	fmt.Fprintf(&out, "index %d\n", p.index)
	for _, hash := range p.hashes {
		fmt.Fprintf(&out, "%s\n", strict.EncodeToString(hash[:]))
	}
	out.WriteString("\n")
	out.Write(p.note)
	return out.Bytes()
}

func parseProof(text []byte) (*proof, error) {
	head, rest, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return nil, errors.New("not a tlog-proof")
	}
	p := &proof{note: []byte(rest)}
	lines = lines[1:]
	var err error
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if p.extra, err = strict.DecodeString(strings.TrimPrefix(lines[0], "extra ")); err != nil {
			return nil, err
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return nil, errors.New("no index")
	}
	if p.index, err = parseDecimal(strings.TrimPrefix(lines[0], "index ")); err != nil {
		return nil, err
	}
	for _, line := range lines[1:] {
		hash, err := parseHash(line)
		if err != nil {
			return nil, err
		}
		p.hashes = append(p.hashes, hash)
	}
	if !bytes.Equal(p.format(), text) {
		return nil, errors.New("not the one form that a proof has")
	}
	return p, nil
}

// ---- verifying ----

// The key's name must be the log's origin: so it is with this log.
func openCheckpoint(keys note.Verifiers, text []byte) (*checkpoint, error) {
	opened, err := note.Open(text, keys)
	if err != nil {
		return nil, err
	}
	c, err := parseCheckpoint(opened.Text)
	if err != nil {
		return nil, err
	}
	if opened.Sigs[0].Name != c.origin {
		return nil, errors.New("signed by another log's key")
	}
	if c.size == 0 && c.root != sha256.Sum256(nil) {
		return nil, errors.New("the root of the empty tree is wrong")
	}
	return c, nil
}

func verifyInclusion(keys note.Verifiers, text, leaf []byte) (*checkpoint, *proof, error) {
	p, err := parseProof(text)
	if err != nil {
		return nil, nil, err
	}
	c, err := openCheckpoint(keys, p.note)
	if err != nil {
		return nil, nil, err
	}
	if len(p.extra) > 0 && !bytes.Equal(p.extra, leaf) {
		return nil, nil, errors.New("the extra data is not the leaf")
	}
	return c, p, tlog.CheckRecord(p.hashes, c.size, c.root, p.index, tlog.RecordHash(leaf))
}

// The package has no trees without leaves; everything begins with them.
func verifyConsistency(keys note.Verifiers, oldText, newText []byte, hashes []tlog.Hash) error {
	older, err := openCheckpoint(keys, oldText)
	if err != nil {
		return err
	}
	newer, err := openCheckpoint(keys, newText)
	if err != nil {
		return err
	}
	if older.origin != newer.origin {
		return errors.New("checkpoints of two logs")
	}
	if older.size > newer.size {
		return errors.New("the log shrank")
	}
	if older.size == 0 {
		if len(hashes) != 0 {
			return errors.New("a proof where there is nothing to prove")
		}
		return nil
	}
	return tlog.CheckTree(hashes, newer.size, newer.root, older.size, older.root)
}

// ---- tiles ----

// c2sp.org/tlog-tiles leaves the height out of the path, where the package has it.
func tilePath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
}

func entriesPath(tile tlog.Tile) string {
	return strings.Replace(tilePath(tile), "tile/0/", "tile/entries/", 1)
}

type directory string

func (d directory) Height() int                             { return tileHeight }
func (d directory) SaveTiles(tiles []tlog.Tile, _ [][]byte) {}
func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		bytes, err := os.ReadFile(filepath.Join(string(d), tilePath(tile)))
		if err != nil {
			return nil, err
		}
		if len(bytes) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %d bytes", tilePath(tile), len(bytes))
		}
		data[i] = bytes
	}
	return data, nil
}

// The package lists a partial tile in every width that it had: the last is that of this size.
func tilesOf(size int64) []tlog.Tile {
	var tiles []tlog.Tile
	for _, tile := range tlog.NewTiles(tileHeight, 0, size) {
		last := len(tiles) - 1
		if last >= 0 && tiles[last].L == tile.L && tiles[last].N == tile.N {
			tiles[last] = tile
		} else {
			tiles = append(tiles, tile)
		}
	}
	return tiles
}

func splitEntries(bundle []byte) ([][]byte, error) {
	var entries [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return nil, errors.New("an entry is cut off")
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		entries = append(entries, bundle[2:end])
		bundle = bundle[end:]
	}
	return entries, nil
}

// The reader proves each tile by its parents up to the root before it gives a hash of it.
func verifyEntries(dir directory, tile tlog.Tile, reader tlog.HashReader) error {
	bundle, err := os.ReadFile(filepath.Join(string(dir), entriesPath(tile)))
	if err != nil {
		return err
	}
	entries, err := splitEntries(bundle)
	if err != nil {
		return err
	}
	if len(entries) != tile.W {
		return fmt.Errorf("%s: %d entries", entriesPath(tile), len(entries))
	}
	indexes := make([]int64, len(entries))
	for i := range entries {
		indexes[i] = tlog.StoredHashIndex(0, tile.N<<tileHeight+int64(i))
	}
	hashes, err := reader.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if tlog.RecordHash(entry) != hashes[i] {
			return fmt.Errorf("%s: entry %d does not have the tile's hash", entriesPath(tile), i)
		}
	}
	return nil
}

func verifyTiles(c *checkpoint, dir directory) (tlog.HashReader, error) {
	reader := tlog.TileHashReader(tlog.Tree{N: c.size, Hash: c.root}, dir)
	for _, tile := range tilesOf(c.size) {
		data, err := dir.ReadTiles([]tlog.Tile{tile})
		if err != nil {
			return nil, err
		}
		again, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(data[0], again) {
			return nil, fmt.Errorf("%s does not belong to the tree", tilePath(tile))
		}
		if tile.L > 0 {
			continue
		}
		if err := verifyEntries(dir, tile, reader); err != nil {
			return nil, err
		}
	}
	return reader, nil
}

// The tiles give the very proof that hooktrail gave.
func sameProof(keys note.Verifiers, reader tlog.HashReader, size int64, text []byte) error {
	p, err := parseProof(text)
	if err != nil {
		return err
	}
	made, err := tlog.ProveRecord(size, p.index, reader)
	if err != nil {
		return err
	}
	if len(made) != len(p.hashes) {
		return fmt.Errorf("a proof of %d hashes, not %d", len(made), len(p.hashes))
	}
	for i := range made {
		if made[i] != p.hashes[i] {
			return fmt.Errorf("hash %d of the proof is another", i)
		}
	}
	return nil
}

// ---- tampering ----

// A refusal that doesn't come is what makes the program fail.
type tampering struct {
	tried    map[string]int
	accepted []string
}

func (t *tampering) expect(kind string, err error) {
	t.tried[kind]++
	if err == nil {
		t.accepted = append(t.accepted, fmt.Sprintf("%s, number %d", kind, t.tried[kind]))
	}
}

func (t *tampering) finish(kinds ...string) error {
	for _, kind := range kinds {
		if t.tried[kind] == 0 {
			return fmt.Errorf("nothing was tried: %s", kind)
		}
		fmt.Printf("%d refused: %s\n", t.tried[kind], kind)
	}
	if len(t.accepted) > 0 {
		return fmt.Errorf("ACCEPTED: %s", strings.Join(t.accepted, "; "))
	}
	return nil
}

// Calls f with each bit of data flipped in its turn.
func flipEach(data []byte, f func(flipped []byte)) {
	for bit := 0; bit < 8*len(data); bit++ {
		flipped := append([]byte{}, data...)
		flipped[bit/8] ^= 1 << (bit % 8)
		f(flipped)
	}
}

// The signature is flipped as bytes: the last letter of its base64 has bits that mean nothing and that the package lets
// pass.
func tamperNote(text []byte, f func(kind string, note []byte)) {
	split := bytes.LastIndex(text, []byte("\n\n")) + 2
	head, line := text[:split], text[split:]
	flipEach(head, func(flipped []byte) { f("a bit of the note", append(flipped, line...)) })
	space := bytes.LastIndexByte(line, ' ') + 1
	signature, err := strict.DecodeString(strings.TrimSuffix(string(line[space:]), "\n"))
	if err != nil {
		panic(err)
	}
	flipEach(signature, func(flipped []byte) {
		f("a bit of the signature", []byte(string(text[:split+space])+strict.EncodeToString(flipped)+"\n"))
	})
	lines := strings.Split(string(text), "\n")
	size, _ := strconv.ParseInt(lines[1], 10, 64)
	for _, other := range []int64{size - 1, size + 1, 2 * size, size + 256, 0} {
		changed := append([]string{}, lines...)
		changed[1] = strconv.FormatInt(other, 10)
		if other != size {
			f("the size", []byte(strings.Join(changed, "\n")))
		}
	}
	root, _ := strict.DecodeString(lines[2])
	flipEach(root, func(flipped []byte) {
		changed := append([]string{}, lines...)
		changed[2] = strict.EncodeToString(flipped)
		f("a bit of the root", []byte(strings.Join(changed, "\n")))
	})
	for cut := 0; cut < len(text); cut++ {
		f("a note cut off", text[:cut])
	}
}

func tamperHashes(hashes []tlog.Hash, f func(kind string, hashes []tlog.Hash)) {
	for i := range hashes {
		flipEach(hashes[i][:], func(flipped []byte) {
			changed := append([]tlog.Hash{}, hashes...)
			copy(changed[i][:], flipped)
			f("a bit of a hash", changed)
		})
		for j := 0; j < i; j++ {
			changed := append([]tlog.Hash{}, hashes...)
			changed[i], changed[j] = changed[j], changed[i]
			f("two hashes swapped", changed)
		}
		f("a proof cut off", hashes[:i])
		f("a proof cut off", append(append([]tlog.Hash{}, hashes[:i]...), hashes[i+1:]...))
	}
	f("a hash too many", append(append([]tlog.Hash{}, hashes...), tlog.Hash{}))
}

func tamperInclusion(keys note.Verifiers, text, leaf []byte) error {
	c, p, err := verifyInclusion(keys, text, leaf)
	if err != nil {
		return fmt.Errorf("before any tampering: %v", err)
	}
	t := &tampering{tried: map[string]int{}}
	try := func(kind string, changed proof, leaf []byte) {
		_, _, err := verifyInclusion(keys, changed.format(), leaf)
		t.expect(kind, err)
	}
	tamperNote(p.note, func(kind string, note []byte) { try(kind, proof{p.extra, p.index, p.hashes, note}, leaf) })
	tamperHashes(p.hashes, func(kind string, hashes []tlog.Hash) {
		try(kind, proof{p.extra, p.index, hashes, p.note}, leaf)
	})
	for index := int64(0); index < c.size+3; index += 1 + c.size/1000 {
		if index != p.index {
			try("another index", proof{p.extra, index, p.hashes, p.note}, leaf)
		}
	}
	// The extra data is no part of the proof: it is changed along, as a forger would.
	flipEach(leaf, func(flipped []byte) { try("a bit of the leaf", proof{flipped, p.index, p.hashes, p.note}, flipped) })
	kinds := []string{"a bit of the note", "a bit of the signature", "the size", "a bit of the root", "a note cut off",
		"a hash too many", "another index", "a bit of the leaf"}
	if len(p.hashes) > 0 {
		kinds = append(kinds, "a bit of a hash", "a proof cut off")
	}
	if len(p.hashes) > 1 {
		kinds = append(kinds, "two hashes swapped")
	}
	return t.finish(kinds...)
}

func tamperConsistency(keys note.Verifiers, oldText, newText []byte, hashes []tlog.Hash) error {
	if err := verifyConsistency(keys, oldText, newText, hashes); err != nil {
		return fmt.Errorf("before any tampering: %v", err)
	}
	t := &tampering{tried: map[string]int{}}
	tamperNote(oldText, func(kind string, note []byte) {
		t.expect(kind, verifyConsistency(keys, note, newText, hashes))
	})
	tamperNote(newText, func(kind string, note []byte) {
		t.expect(kind, verifyConsistency(keys, oldText, note, hashes))
	})
	tamperHashes(hashes, func(kind string, hashes []tlog.Hash) {
		t.expect(kind, verifyConsistency(keys, oldText, newText, hashes))
	})
	t.expect("old and new swapped", verifyConsistency(keys, newText, oldText, hashes))
	kinds := []string{"a bit of the note", "a bit of the signature", "the size", "a bit of the root", "a note cut off",
		"a hash too many", "old and new swapped"}
	if len(hashes) > 0 {
		kinds = append(kinds, "a bit of a hash", "a proof cut off")
	}
	if len(hashes) > 1 {
		kinds = append(kinds, "two hashes swapped")
	}
	return t.finish(kinds...)
}

// ---- the program ----

func read(name string) []byte {
	bytes, err := os.ReadFile(name)
	if err != nil {
		fail(err)
	}
	return bytes
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "verify: %v\n", err)
	os.Exit(1)
}

func readKeys(name string) note.Verifiers {
	var list []note.Verifier
	for _, line := range strings.Fields(string(read(name))) {
		verifier, err := note.NewVerifier(line)
		if err != nil {
			fail(err)
		}
		list = append(list, verifier)
	}
	return note.VerifierList(list...)
}

func readHashes(name string) []tlog.Hash {
	hashes, err := parseHashes(string(read(name)))
	if err != nil {
		fail(err)
	}
	return hashes
}

func runCheckpoint(args []string) error {
	c, err := openCheckpoint(readKeys(args[0]), read(args[1]))
	if err == nil {
		fmt.Printf("%s %d %s\n", c.origin, c.size, c.root)
	}
	return err
}

func runInclusion(args []string) error {
	_, _, err := verifyInclusion(readKeys(args[0]), read(args[1]), read(args[2]))
	return err
}

func runConsistency(args []string) error {
	return verifyConsistency(readKeys(args[0]), read(args[1]), read(args[2]), readHashes(args[3]))
}

func runPaths(args []string) error {
	size, err := parseDecimal(args[0])
	if err != nil {
		return err
	}
	for _, tile := range tilesOf(size) {
		fmt.Println(tilePath(tile))
		if tile.L == 0 {
			fmt.Println(entriesPath(tile))
		}
	}
	return nil
}

func runTiles(args []string) error {
	keys := readKeys(args[0])
	c, err := openCheckpoint(keys, read(args[1]))
	if err != nil {
		return err
	}
	reader, err := verifyTiles(c, directory(args[2]))
	if err != nil {
		return err
	}
	for _, name := range args[3:] {
		if err := sameProof(keys, reader, c.size, read(name)); err != nil {
			return fmt.Errorf("%s: %v", name, err)
		}
	}
	return nil
}

func runTamperedInclusion(args []string) error {
	return tamperInclusion(readKeys(args[0]), read(args[1]), read(args[2]))
}

func runTamperedConsistency(args []string) error {
	return tamperConsistency(readKeys(args[0]), read(args[1]), read(args[2]), readHashes(args[3]))
}

func main() {
	commands := map[string]struct {
		arguments int
		run       func([]string) error
	}{
		"checkpoint":           {2, runCheckpoint},
		"inclusion":            {3, runInclusion},
		"consistency":          {4, runConsistency},
		"paths":                {1, runPaths},
		"tiles":                {3, runTiles},
		"tampered-inclusion":   {3, runTamperedInclusion},
		"tampered-consistency": {4, runTamperedConsistency},
	}
	if len(os.Args) < 2 || len(os.Args)-2 < commands[os.Args[1]].arguments || commands[os.Args[1]].run == nil {
		fmt.Fprintln(os.Stderr, "usage: verify COMMAND ARGUMENT… (see verify.go)")
		os.Exit(2)
	}
	if err := commands[os.Args[1]].run(os.Args[2:]); err != nil {
		fail(err)
	}
}
