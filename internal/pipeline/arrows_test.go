package pipeline_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/regwire/regwire/"

// mayImport says which rooms a room may import besides its own sub-packages.
// The ground floor is corpus; the rooms on the first floor never import each
// other; internal/pipeline joins them; cmd/regwire holds commands only.
var mayImport = map[string][]string{
	"corpus":             nil,
	"crawler":            {"corpus"},
	"parse":              {"corpus"},
	"sentiment":          {"corpus"},
	"llm":                {"corpus", "internal/secret"},
	"index":              {"corpus"},
	"alerts":             {"corpus", "internal/secret"},
	"internal/newswire":  {"corpus"},
	"internal/telemetry": nil,
	"internal/secret":    nil,
	"internal/config":    {"corpus", "crawler", "alerts", "llm", "sentiment", "internal/secret"},
	"internal/httpapi":   {"corpus", "index"},
	"internal/web":       {"corpus", "index"},
	"internal/pipeline":  {"corpus", "corpus/store", "crawler", "parse", "sentiment", "llm", "index", "alerts"},
	"internal/service": {
		"corpus", "corpus/store", "crawler", "parse", "sentiment", "llm", "index", "alerts",
		"internal/config", "internal/httpapi", "internal/pipeline", "internal/web",
	},
	"internal/evaluate": {"corpus", "parse", "sentiment"},
	"internal/demo":     {"corpus", "crawler", "alerts", "internal/config", "internal/newswire", "internal/service", "internal/telemetry"},
	"cmd/regwire":       {"*"},
}

// onlyJoined are packages below a room that the room's readers may not import:
// the record itself is handed in through small interfaces.
var onlyJoined = []string{"corpus/store"}

func TestImportArrows(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "github.com/regwire/regwire/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		seen++
		from := strings.TrimPrefix(p.ImportPath, module)
		room := roomOf(from)
		allowed, known := mayImport[room]
		if !known {
			t.Errorf("%s is in no room: give it one in mayImport, or move it", from)
			continue
		}
		for _, imp := range p.Imports {
			to, ours := strings.CutPrefix(imp, module)
			if !ours || roomOf(to) == room || slices.Contains(allowed, "*") {
				continue
			}
			if slices.Contains(onlyJoined, to) && !slices.Contains(allowed, to) ||
				!slices.Contains(allowed, roomOf(to)) {
				t.Errorf("%s imports %s: %s may import only %v", from, to, room, allowed)
			}
		}
	}
	if seen < len(mayImport)/2 {
		t.Fatalf("go list saw only %d packages", seen)
	}
}

// roomOf returns the room a package belongs to: its longest prefix in
// mayImport.
func roomOf(pkg string) string {
	best := pkg
	length := -1
	for room := range mayImport {
		if (pkg == room || strings.HasPrefix(pkg, room+"/")) && len(room) > length {
			best, length = room, len(room)
		}
	}
	return best
}
