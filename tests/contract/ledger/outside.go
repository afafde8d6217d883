// Checks a tile folder with the Go team's packages, which share no code with haikei.
//
// usage: outside FOLDER VKEY [OLD_CHECKPOINT]; FOLDER holds checkpoint, tile/ and entries/.
// Every entry is proven against the head, every tile checked on its way, and the old head shown to be a prefix of the new.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder string

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func die(what ...interface{}) {
	fmt.Println(what...)
	os.Exit(1)
}

func head(path string, verifiers note.Verifiers) tlog.Tree {
	data, err := os.ReadFile(path)
	if err != nil {
		die(err)
	}
	opened, err := note.Open(data, verifiers)
	if err != nil {
		die(path, err)
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		die(path, err)
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		die(path, err)
	}
	return tlog.Tree{N: size, Hash: hash}
}

func main() {
	verifier, err := note.NewVerifier(os.Args[2])
	if err != nil {
		die(err)
	}
	verifiers := note.VerifierList(verifier)
	tree := head(filepath.Join(os.Args[1], "checkpoint"), verifiers)
	reader := tlog.TileHashReader(tree, folder(os.Args[1]))
	files, _ := filepath.Glob(filepath.Join(os.Args[1], "entries", "*.json"))
	for _, file := range files {
		index, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(file), ".json"), 10, 64)
		if err != nil {
			die(err)
		}
		body, err := os.ReadFile(file)
		if err != nil {
			die(err)
		}
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			die(index, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(body)); err != nil {
			die(index, err)
		}
	}
	for _, path := range os.Args[3:] {
		old := head(path, verifiers)
		proof, err := tlog.ProveTree(tree.N, old.N, reader)
		if err != nil {
			die(path, err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
			die(path, err)
		}
	}
	fmt.Println("checked", len(files), "entries of", tree.N)
}
