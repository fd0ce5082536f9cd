package tomlfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// gardenSchema is a schema with tables of every form.
var gardenSchema = Schema{Tables: map[string]Table{
	"":           {Name: "the file", Keys: []string{"name", "size", "rate", "bed", "tree", "list"}},
	"bed":        {Name: "the bed", Keys: []string{"width", "soil"}},
	"bed.soil":   {Name: "the soil", Keys: []string{"ph", "sand"}},
	"tree":       {Name: "a tree", Keys: []string{"name", "fruit"}},
	"tree.fruit": {Name: "a fruit", Keys: []string{"name"}},
}}

func TestRead(t *testing.T) {
	text := "name = 'g'\nsize = 0x1_0\nrate = 2\nlist = [1, 2.5]\nbed.soil.ph = 6.5\nbed.soil.sand = true\n" +
		"[[tree]]\nname = \"a\"\n[[tree.fruit]]\nname = \"b\"\n[[tree.fruit]]\n[[tree]]\nfruit = [{ name = \"c\" }]\n"
	for name, written := range map[string]string{
		"plain": text, "byte order mark": "\ufeff" + text, "CRLF": strings.ReplaceAll(text, "\n", "\r\n"),
	} {
		d, err := Parse("g.toml", []byte(written), 1000, gardenSchema)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		soil := d.Root.Find("bed").Find("soil")
		got := fmt.Sprint(d.Text(d.Root.Find("name")), d.Integer(d.Root.Find("size")), d.Number(d.Root.Find("rate")),
			d.Numbers(d.Root.Find("list")), d.Number(soil.Find("ph")), soil.Find("sand"), d.Integer(d.Root.Find("none")))
		for _, tree := range d.Tables(d.Root.Find("tree")) {
			got += fmt.Sprintf(" %q", d.Text(tree.Find("name")))
			for _, fruit := range d.Tables(tree.Find("fruit")) {
				got += fmt.Sprintf("/%q", d.Text(fruit.Find("name")))
			}
		}
		if want := `g16 2 [1 2.5] 6.5 true 0 "a"/"b"/"" ""/"c"`; got != want || d.Err() != nil {
			t.Errorf("%s: %s (%v), want %s", name, got, d.Err(), want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"\xff\xfen\x00", "g: the text is UTF-16 (want UTF-8)"},
		{"\xfe\xff\x00n", "g: the text is UTF-16 (want UTF-8)"},
		{strings.Repeat("#", 201), "g: 201 bytes (want at most 200)"},
		{"\ufeffnmae = 1", `g:1:1: unknown key "nmae" in the file (did you mean name?)`},
		{"bed = { widht = 1 }", `g:1:9: unknown key "widht" in the bed (did you mean width?)`},
		{"list = [1, { x = 1 }]", `g:1:14: unknown key "list.x": list is no table`},
		{"size = 1\r\n[bed.water]", `g:2:6: unknown key "water" in the bed (have width, soil)`},
		{"size = 1 2", "g:1:10: "},
		{"size = 1\n\nsize = 2", "g:3:1: key size is already defined"},
		{"[bed]\n[bed]", "g:2:2: table bed already exists"},
		{"size = 1.0", "g:1:8: size: want an integer, not 1.0"},
		{"size = 4294967296", "g:1:8: size: want an integer of at most 32 bits, not 4294967296"},
		{"size = 010", "g:1:"},
		{"rate = nan", "g:1:8: rate: want a finite number, not nan"},
		{"rate = 1e999", "g:1:8: rate: want a finite number, not 1e999"},
		{"name = paper", `g:1:8: want a text in quotes, "paper", not paper`},
		{"name = nine # all", `g:1:8: want a text in quotes, "nine", not nine`},
		{"list = [\"a\", molap-pca]", `g:1:14: want a text in quotes, "molap-pca", not molap-pca`},
		{"bed = { width = été }", `g:1:17: want a text in quotes, "été", not été`},
		{"name = ]", "g:1:8: unexpected character U+005D ']' at start of value"},
		{"name =  [1]", "g:1:9: name: want a text in quotes, not an array"},
		{"list = 3", "g:1:8: list: want numbers in brackets, [1, 2], not 3"},
		{"[tree]", "g:1:2: tree: want a list of tables, [{ … }, { … }], not a table"},
		{"tree = [3]", "g:1:9: tree: want tables, { … }, not 3"},
	} {
		d, err := Parse("g", []byte(c.text), 200, gardenSchema)
		if err == nil {
			d.Text(d.Root.Find("name"))
			d.Integer(d.Root.Find("size"))
			d.Number(d.Root.Find("rate"))
			d.Numbers(d.Root.Find("list"))
			d.Tables(d.Root.Find("tree"))
			err = d.Err()
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

// FuzzStructure compares which sequences of keys are TOML with what the library says that
// decodes it.
func FuzzStructure(f *testing.F) {
	lines := []string{"bed.width = 1", "bed.soil.ph = 1", "bed = { width = 1 }", "bed = { soil.ph = 1, soil.sand = 1 }", "bed = { soil = {}, soil.ph = 1 }",
		"[bed]", "[[bed]]", "[bed.soil]", "[[bed.soil]]", "width = 1", "soil.ph = 1", "soil = 1", "soil = []", "bed = [{ }]", "[tree]", "[[tree]]", "[[tree.fruit]]", "[tree.fruit]", "name = 1"}
	for _, a := range lines {
		for _, b := range lines {
			for _, c := range lines {
				f.Add(a + "\n" + b + "\n" + c)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Parse("g", []byte(text), 1000, gardenSchema)
		if err != nil && (strings.Contains(err.Error(), "unknown key") || strings.Contains(err.Error(), "UTF-16") || strings.Contains(err.Error(), "want at most")) || strings.HasPrefix(text, "\ufeff") {
			return
		}
		if other := toml.Unmarshal([]byte(text), &struct{}{}); (err == nil) != (other == nil) {
			t.Errorf("%q: %v, the library says %v", text, err, other)
		}
	})
}
