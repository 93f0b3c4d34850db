// A witness and a reader of logs in another language, for test_go_witness.py: transparency-dev's own, no code of ours.
//
//	go_witness serve ORIGIN VKEY        answers add-checkpoint; prints its address and verifier key, and waits
//	go_witness read URL ORIGIN VKEY     reads checkpoint, tiles and entries, and checks each entry's inclusion
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	if os.Args[1] == "serve" {
		serve(ctx, os.Args[2], verifier(os.Args[3]))
		return
	}
	read(ctx, os.Args[2], os.Args[3], verifier(os.Args[4]))
}

func verifier(vkey string) note.Verifier {
	v, err := note.NewVerifier(vkey)
	must(err)
	return v
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func serve(ctx context.Context, origin string, v note.Verifier) {
	skey, public, err := note.GenerateKey(rand.Reader, "witness.example.org/go")
	must(err)
	signer, err := fnote.NewSignerForCosignatureV1(skey)
	must(err)
	w, err := witness.New(ctx, witness.Opts{
		Persistence: inmemory.New(),
		Signers:     []note.Signer{signer},
		VerifierForLog: func(_ context.Context, o string) (note.Verifier, bool, error) {
			return v, o == origin, nil
		},
	})
	must(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	vkey, err := fnote.VKeyToCosignatureV1(public)
	must(err)
	fmt.Printf("http://%s %s\n", listener.Addr(), vkey)
	http.HandleFunc("POST /add-checkpoint", witness.NewHTTPHandler(w).AddCheckpoint)
	must(http.Serve(listener, nil))
}

func read(ctx context.Context, at, origin string, v note.Verifier) {
	root, err := url.Parse(at)
	must(err)
	from, err := client.NewHTTPFetcher(root, nil)
	must(err)
	point, _, _, err := client.FetchCheckpoint(ctx, from.ReadCheckpoint, v, origin)
	must(err)
	builder, err := client.NewProofBuilder(ctx, point.Size, from.ReadTile)
	must(err)
	for i := uint64(0); i < point.Size; i++ {
		bundle, err := client.GetEntryBundle(ctx, from.ReadEntryBundle, i/256, point.Size)
		must(err)
		path, err := builder.InclusionProof(ctx, i)
		must(err)
		leaf := rfc6962.DefaultHasher.HashLeaf(bundle.Entries[i%256])
		must(proof.VerifyInclusion(rfc6962.DefaultHasher, i, point.Size, leaf, path, point.Hash))
	}
	fmt.Println(point.Size)
}
