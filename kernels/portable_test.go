package kernels

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// numericPackages are the packages whose results must be the same on every machine.
var numericPackages = []string{"kernels", "autodiff", "tasks", "cca", "rnn", "dynamics"}

// differByMachine are functions whose last bits depend on the architecture.
var differByMachine = map[string]bool{
	"Tanh": true, "Exp": true, "Expm1": true, "Exp2": true, "Log": true, "Log1p": true, "Log2": true, "Log10": true,
	"Sin": true, "Cos": true, "Sincos": true, "Tan": true, "Pow": true, "Sinh": true, "Cosh": true, "Atan": true,
	"Atan2": true, "Asin": true, "Acos": true, "Cbrt": true, "Hypot": true, "Erf": true, "Erfc": true, "Gamma": true,
}

// TestPortable reads the source of the numeric packages: no function of package
// math that differs between architectures, no math/rand, and no a·b+c that a
// compiler may fuse (https://go.dev/ref/spec#Floating_point_operators).
func TestPortable(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" || testing.Short() {
		t.Skip("reads source: once is enough")
	}
	packages := listPackages(t)
	open := func(path string) (io.ReadCloser, error) { return os.Open(packages[path].Export) }
	for _, name := range numericPackages {
		t.Run(name, func(t *testing.T) {
			p, ok := packages["molap/"+name]
			if !ok {
				t.Fatalf("package molap/%s is gone", name)
			}
			// Opened for the test cache, which then notices new files.
			if _, err := os.ReadDir(p.Dir); err != nil {
				t.Fatal(err)
			}
			c := &portabilityCheck{t: t, set: token.NewFileSet()}
			var files []*ast.File
			for _, file := range p.GoFiles {
				f, err := parser.ParseFile(c.set, filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
				if err != nil {
					t.Fatal(err)
				}
				files = append(files, f)
			}
			c.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
			config := types.Config{Importer: importer.ForCompiler(c.set, "gc", open)}
			if _, err := config.Check(p.ImportPath, c.set, files, c.info); err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				c.file(f)
			}
		})
	}
}

// listedPackage is what go list tells of a package.
type listedPackage struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// listPackages returns the numeric packages and all that they import.
func listPackages(t *testing.T) map[string]listedPackage {
	args := []string{"list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles"}
	for _, name := range numericPackages {
		args = append(args, "molap/"+name)
	}
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]listedPackage{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listedPackage
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
	return packages
}

// portabilityCheck finds what is not portable in a type-checked package.
type portabilityCheck struct {
	t    *testing.T
	set  *token.FileSet
	info *types.Info
}

func (c *portabilityCheck) file(f *ast.File) {
	for _, i := range f.Imports {
		if strings.HasPrefix(i.Path.Value, `"math/rand`) {
			c.t.Errorf("%s: import of %s", c.set.Position(i.Pos()), i.Path.Value)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			o := c.info.Uses[n]
			if o != nil && o.Pkg() != nil && o.Pkg().Path() == "math" && differByMachine[o.Name()] {
				c.t.Errorf("%s: math.%s differs between architectures", c.set.Position(n.Pos()), o.Name())
			}
		case *ast.BinaryExpr:
			if n.Op == token.ADD || n.Op == token.SUB {
				c.product(n.X)
				c.product(n.Y)
			}
		case *ast.AssignStmt:
			if n.Tok == token.ADD_ASSIGN || n.Tok == token.SUB_ASSIGN {
				c.product(n.Rhs[0])
			}
			// A compiler may also fuse across statements, so a variable must hold
			// a rounded product.
			for i, x := range n.Lhs {
				if _, ok := x.(*ast.Ident); !ok || len(n.Rhs) != len(n.Lhs) {
					continue
				}
				switch n.Tok {
				case token.ASSIGN, token.DEFINE:
					c.product(n.Rhs[i])
				case token.MUL_ASSIGN:
					if c.float(x) && !c.powerOfTwo(n.Rhs[i]) {
						c.fused(n)
					}
				}
			}
		}
		return true
	})
}

// product fails when x is a product of floats that no conversion rounds.
func (c *portabilityCheck) product(x ast.Expr) {
	for {
		switch y := x.(type) {
		case *ast.ParenExpr:
			x = y.X
			continue
		case *ast.UnaryExpr:
			x = y.X
			continue
		case *ast.BinaryExpr:
			if y.Op == token.MUL && c.float(y) && !c.powerOfTwo(y.X) && !c.powerOfTwo(y.Y) {
				c.fused(y)
			}
		}
		return
	}
}

func (c *portabilityCheck) fused(n ast.Node) {
	c.t.Errorf("%s: a product that may be fused with a sum: convert it, float64(a*b), or use FMA", c.set.Position(n.Pos()))
}

// powerOfTwo reports whether x is a constant ±2ᵏ, by which a product is exact.
func (c *portabilityCheck) powerOfTwo(x ast.Expr) bool {
	v := c.info.Types[x].Value
	if v == nil {
		return false
	}
	f, _ := constant.Float64Val(constant.ToFloat(v))
	m, _ := math.Frexp(f)
	return m == 0.5 || m == -0.5
}

// float reports whether x is a float that is not a constant.
func (c *portabilityCheck) float(x ast.Expr) bool {
	tv := c.info.Types[x]
	if tv.Type == nil || tv.Value != nil && tv.Value.Kind() != constant.Unknown {
		return false
	}
	if p, ok := tv.Type.(*types.TypeParam); ok {
		tv.Type = p.Constraint().Underlying()
		for i := range tv.Type.(*types.Interface).NumEmbeddeds() {
			if u, ok := tv.Type.(*types.Interface).EmbeddedType(i).(*types.Union); ok && u.Len() > 0 {
				tv.Type = u.Term(0).Type()
				break
			}
		}
	}
	b, ok := tv.Type.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0
}
