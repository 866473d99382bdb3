// A monitor of a log served by c2sp.org/tlog-tiles, on golang.org/x/mod/sumdb alone. It fetches the checkpoint, verifies
// its signatures, fetches every entry and recomputes the root from them, verifies the tiles, and that the tree continues
// one whose checkpoint was kept.
//
//	go run monitor.go -url http://host/log -key VKEY [-witness VKEY] [-token T] [-old NOTE] [-save NOTE]
//
// Prints the tree's size. Debian: golang-go, golang-golang-x-mod-dev, GO111MODULE=off.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height         = 8
	width          = 1 << height
	algCosignature = 4
)

var (
	prefix  = flag.String("url", "", "the log's address, before /checkpoint")
	key     = flag.String("key", "", "the log's verifier key")
	witness = flag.String("witness", "", "the verifier key of a witness that must have cosigned")
	token   = flag.String("token", "", "an API token")
	oldFile = flag.String("old", "", "a checkpoint that was kept")
	save    = flag.String("save", "", "where to keep the checkpoint")
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "monitor:", err)
		os.Exit(1)
	}
}

func fetch(path string) ([]byte, error) {
	request, err := http.NewRequest("GET", *prefix+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	if *token != "" {
		request.Header.Set("Authorization", "Bearer "+*token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(response.Body)
}

// cosigner verifies timestamped signatures by c2sp.org/tlog-cosignature.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}

func newCosigner(text string) (note.Verifier, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("malformed key %q", text)
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	bytes, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(bytes) != 33 || bytes[0] != algCosignature {
		return nil, fmt.Errorf("malformed key %q", text)
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), bytes...))
	if binary.BigEndian.Uint32(digest[:]) != uint32(hash) {
		return nil, fmt.Errorf("the hash of key %q is wrong", text)
	}
	return &cosigner{parts[0], uint32(hash), bytes[1:]}, nil
}

// open verifies a note by the log's key, and by the witness's if there is one to be.
func open(bytes []byte, withWitness bool) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(*key)
	if err != nil {
		return tlog.Tree{}, err
	}
	verifiers := []note.Verifier{verifier}
	if withWitness && *witness != "" {
		cosigner, err := newCosigner(*witness)
		if err != nil {
			return tlog.Tree{}, err
		}
		verifiers = append(verifiers, cosigner)
	}
	opened, err := note.Open(bytes, note.VerifierList(verifiers...))
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(opened.Sigs) != len(verifiers) {
		return tlog.Tree{}, fmt.Errorf("%d of %d signatures were found", len(opened.Sigs), len(verifiers))
	}
	return parseCheckpoint(opened.Text, verifier.Name())
}

// parseCheckpoint stands in for tlog.ParseTree, which knows one origin only.
func parseCheckpoint(text, origin string) (tree tlog.Tree, err error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[0] != origin {
		return tree, fmt.Errorf("not a checkpoint of %s", origin)
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// path is that of a tile in c2sp.org/tlog-tiles: as tlog has it, but without the height, and "entries" for "data".
func path(tile tlog.Tile) string {
	rest := strings.TrimPrefix(tile.Path(), "tile/8/")
	return "tile/" + strings.Replace(rest, "data/", "entries/", 1)
}

// remote reads tiles over HTTP.
type remote struct{ fetched int }

func (r *remote) Height() int                         { return height }
func (r *remote) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (r *remote) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := fetch(path(tile))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", path(tile), len(data))
		}
		r.fetched++
		all = append(all, data)
	}
	return all, nil
}

// split takes a bundle apart.
func split(bundle []byte, count int) (entries [][]byte, err error) {
	for len(bundle) > 0 {
		if len(bundle) < 2 {
			return nil, fmt.Errorf("a bundle is cut off")
		}
		size := int(binary.BigEndian.Uint16(bundle))
		if len(bundle) < 2+size {
			return nil, fmt.Errorf("a bundle is cut off")
		}
		entries = append(entries, bundle[2:2+size])
		bundle = bundle[2+size:]
	}
	if len(entries) != count {
		return nil, fmt.Errorf("a bundle has %d entries, not %d", len(entries), count)
	}
	return entries, nil
}

// rootOfEntries fetches all entries of a tree and computes its root from nothing else.
func rootOfEntries(size int64) (root tlog.Hash, err error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, err error) {
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for first := int64(0); first < size; first += width {
		tile := tlog.Tile{H: height, L: -1, N: first / width, W: width}
		if size-first < width {
			tile.W = int(size - first)
		}
		bundle, err := fetch(path(tile))
		if err != nil {
			return root, err
		}
		entries, err := split(bundle, tile.W)
		if err != nil {
			return root, err
		}
		for i, entry := range entries {
			hashes, err := tlog.StoredHashes(first+int64(i), entry, reader)
			if err != nil {
				return root, err
			}
			stored = append(stored, hashes...)
		}
	}
	return tlog.TreeHash(size, reader)
}

// checkTiles proves by the tiles, each verified up to the root, that the first and last entries are in the tree, and
// that it continues the older one.
func checkTiles(tree, older tlog.Tree) error {
	reader := tlog.TileHashReader(tree, &remote{})
	for _, index := range []int64{0, tree.N / 2, tree.N - 1} {
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, hashes[0]); err != nil {
			return err
		}
	}
	if older.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, older.N, reader)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash)
}

func main() {
	flag.Parse()
	bytes, err := fetch("checkpoint")
	must(err)
	tree, err := open(bytes, true)
	must(err)
	var older tlog.Tree
	if *oldFile != "" {
		kept, err := os.ReadFile(*oldFile)
		must(err)
		older, err = open(kept, false)
		must(err)
	}
	if older.N > tree.N {
		must(fmt.Errorf("the log has gone back from %d to %d", older.N, tree.N))
	}
	root, err := rootOfEntries(tree.N)
	must(err)
	if root != tree.Hash {
		must(fmt.Errorf("the entries have the root %v, but %v is signed", root, tree.Hash))
	}
	if tree.N > 0 {
		must(checkTiles(tree, older))
	}
	if *save != "" {
		must(os.WriteFile(*save, bytes, 0o600))
	}
	fmt.Println(tree.N)
}
