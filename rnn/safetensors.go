package rnn

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"molap/kernels"
)

// Files follow https://huggingface.co/docs/safetensors, "Format": the length of the header as a
// little-endian uint64, a header in JSON, the numbers. This package writes a strict subset of the
// format, so that one content has one file:
//
//   - the header starts with __metadata__, whose keys stand in the order of
//     metadataKeys, then come the tensors in the order of their numbers;
//   - no spaces but those that end the header at a multiple of 8 bytes;
//   - in strings, only ", \ and control characters are escaped: \" \\ \u00xx;
//   - tensors follow one another without gaps and end with the file.
//
// The value of "sha256" is the digest of the whole file with 64 zeros in its place. Another program
// that saves such a file again may order it otherwise or add metadata. The digest is then still
// that of the file that this package would write of the same content.
const (
	formatNetwork = "molap network"
	formatState   = "molap training state"
	formatVersion = "1"
)

const (
	keyFormat       = "format"
	keyVersion      = "version"
	keySum          = "sha256"
	keyModules      = "modules"
	keyLeak         = "leak" // only where it is not 1
	keyTask         = "task"
	keyArm          = "arm"
	keySeed         = "seed"
	keySettings     = "settings"
	keySettingsSum  = "settings_sha256"
	keyFrom         = "from"      // only where training went on from another network
	keyDiverged     = "diverged"  // only where training broke off
	keyIteration    = "iteration" // this and the next of a training state only
	keyTraining     = "training"
	metadataOpening = `{"__metadata__":{`
)

// noSum stands for a file's digest while it is computed.
var noSum = strings.Repeat("0", hex.EncodedLen(sha256.Size))

// metadataKeys returns the keys of some metadata in their order.
func metadataKeys(metadata map[string]string) []string {
	keys := []string{keyFormat, keyVersion, keySum, keyModules}
	if metadata[keyLeak] != "" {
		keys = append(keys, keyLeak)
	}
	keys = append(keys, keyTask, keyArm, keySeed, keySettings, keySettingsSum)
	for _, key := range []string{keyFrom, keyDiverged} {
		if metadata[key] != "" {
			keys = append(keys, key)
		}
	}
	if metadata[keyFormat] == formatState {
		keys = append(keys, keyIteration, keyTraining)
	}
	return keys
}

// tensor is an entry of a header.
type tensor struct {
	name  string
	size  int // bytes of a number, 4 or 8
	shape []int
}

// tensorNames returns the tensors of a format in their order.
func tensorNames(format string) []string {
	if format == formatState {
		return slices.Concat([]string{"curve"}, networkNames, []string{"m", "v"}) // float64 first, to be aligned
	}
	return networkNames
}

// EncodeSafetensors returns the file of a network in the safetensors format. It has the tensors
// W_rec N×N, W_in N×In, b N, h0 N, W_out Out×N and b_out Out as in Eq. 1, and as metadata info,
// modules and a leak other than 1. The same network and info give the same bytes. It returns an
// error if a number is not finite or a text is not UTF-8.
func EncodeSafetensors[T kernels.Float](n *Network[T], info Info) ([]byte, error) {
	numbers, err := appendNetwork(nil, n)
	if err != nil {
		return nil, err
	}
	return newHeader(n, formatNetwork, info).file(numbers)
}

// appendNetwork appends the numbers of a network in the order of files.
func appendNetwork[T kernels.Float](data []byte, n *Network[T]) ([]byte, error) {
	if err := checkLeak(n.Leak); err != nil {
		return nil, err
	}
	for _, a := range networkArrays {
		var err error
		if data, err = appendArray(data, n, a); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// fileHeader is what stands before the numbers of a file.
type fileHeader struct {
	metadata map[string]string
	tensors  []tensor
}

func newHeader[T kernels.Float](n *Network[T], format string, info Info) *fileHeader {
	h := &fileHeader{metadata: map[string]string{
		keyFormat:      format,
		keyVersion:     formatVersion,
		keySum:         noSum,
		keyModules:     strconv.Itoa(n.Modules),
		keyTask:        info.Task,
		keyArm:         info.Arm,
		keySeed:        strconv.FormatUint(info.Seed, 10),
		keySettings:    info.Settings,
		keySettingsSum: sha256Of([]byte(info.Settings)),
		keyFrom:        info.From,
		keyDiverged:    info.Diverged,
	}}
	if n.Leak != 1 {
		h.metadata[keyLeak] = leakText(n.Leak)
	}
	for _, a := range networkArrays {
		h.tensors = append(h.tensors, tensor{a.name, sizeOf[T](), a.shape(n.Shape)})
	}
	return h
}

// file returns the file of a header and its numbers.
func (h *fileHeader) file(numbers []byte) ([]byte, error) {
	for _, key := range metadataKeys(h.metadata) {
		if value := h.metadata[key]; !utf8.ValidString(value) {
			return nil, fmt.Errorf("%s %s is not UTF-8", key, quoted(value))
		}
	}
	text := h.text()
	data := make([]byte, 0, len(text)+len(numbers))
	data = append(append(data, text...), numbers...)
	writeDigest(data)
	return data, nil
}

// text returns what stands before the numbers of a file, the length of the header first.
func (h *fileHeader) text() []byte {
	text := append(make([]byte, 8), metadataOpening...)
	for i, key := range metadataKeys(h.metadata) {
		if i > 0 {
			text = append(text, ',')
		}
		text = appendString(append(appendString(text, key), ':'), h.metadata[key])
	}
	text = append(text, '}')
	at := 0
	for _, t := range h.tensors {
		end := at + t.size
		for _, d := range t.shape {
			end = at + (end-at)*d
		}
		shape := strings.ReplaceAll(strings.Trim(fmt.Sprint(t.shape), "[]"), " ", ",")
		text = fmt.Appendf(text, `,"%s":{"dtype":"F%d","shape":[%s],"data_offsets":[%d,%d]}`, t.name, 8*t.size, shape, at, end)
		at = end
	}
	text = append(text, '}')
	text = append(text, strings.Repeat(" ", -len(text)&7)...)
	binary.LittleEndian.PutUint64(text, uint64(len(text)-8))
	return text
}

// writeDigest writes the digest of a file into it.
func writeDigest(data []byte) {
	at := sumAt(data)
	copy(data[at:], noSum)
	copy(data[at:], sha256Of(data))
}

// sumAt returns the index of the digest in a file, or -1 if the file has no place for one.
func sumAt(data []byte) int {
	before := []byte(`"` + keySum + `":"`)
	i := bytes.Index(data, before)
	if i < 0 || i+len(before)+len(noSum) > len(data) {
		return -1
	}
	return i + len(before)
}

// sha256Of returns the SHA-256 of the concatenation of parts.
func sha256Of(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// decodeSafetensors reads a file of this package, also if another program has saved it again, or a
// file of another program.
func (f *File) decodeSafetensors(data []byte, r Reading) error {
	size := binary.LittleEndian.Uint64(data)
	if size > uint64(len(data)-8) {
		return fmt.Errorf("a header of %d bytes in a file of %d", size, len(data))
	}
	s := &headerScanner{text: data[8 : 8+size]}
	metadata, members := s.header(data[8+size:])
	if s.err != nil {
		return s.err
	}
	_, sum := metadata[keySum]
	_, settingsSum := metadata[keySettingsSum]
	if sum || settingsSum || strings.HasPrefix(metadata[keyFormat], "molap") {
		return f.decodeOurs(data, metadata, members)
	}
	if err := f.take(members, r); err != nil {
		return err
	}
	if f.Shape.Units > 0 {
		f.note("without the metadata of molap: task, arm, seed and settings are unknown, and whether the numbers are those that were written")
	}
	return nil
}

// decodeOurs reads the content of a file of this package.
func (f *File) decodeOurs(data []byte, metadata map[string]string, members []fileMember) error {
	format, version, sum := metadata[keyFormat], metadata[keyVersion], metadata[keySum]
	switch {
	case format != formatNetwork && format != formatState:
		return fmt.Errorf("format is %s, want %q or %q", quoted(format), formatNetwork, formatState)
	case version != formatVersion:
		return fmt.Errorf("file of format version %s, this program reads version %q", quoted(version), formatVersion)
	}
	h := &fileHeader{metadata: maps.Clone(metadata)}
	for _, key := range metadataKeys(metadata) {
		if _, ok := metadata[key]; !ok {
			return fmt.Errorf("no %q in the metadata of a %s", key, format)
		}
	}
	var numbers [][]byte
	for _, name := range tensorNames(format) {
		i := slices.IndexFunc(members, func(m fileMember) bool { return m.name == name })
		if i < 0 {
			return fmt.Errorf("no tensor %s in a %s", name, format)
		}
		a, err := members[i].floats()
		if err != nil {
			return err
		}
		if dims := 1 + strings.Count(name, "W_"); len(a.shape) != dims {
			return fmt.Errorf("%s is %s, want %d dimensions", name, shapeText(a.shape), dims)
		}
		f.arrays[name] = a
		h.tensors, numbers = append(h.tensors, tensor{name, a.size, a.shape}), append(numbers, a.data)
	}
	if len(members) > len(h.tensors) {
		return fmt.Errorf("%d tensors in a %s, want %s", len(members), format, strings.Join(tensorNames(format), " "))
	}
	if at := sumAt(data); at < 0 || sha256Of(data[:at], []byte(noSum), data[at+len(noSum):]) != sum {
		h.metadata[keySum] = noSum
		if got := sha256Of(append([][]byte{h.text()}, numbers...)...); got != sum {
			return fmt.Errorf("file is damaged: SHA-256 of its content is %s, want %s", got, quoted(sum))
		}
	}
	var more []string
	for key := range metadata {
		if !slices.Contains(metadataKeys(metadata), key) {
			more = append(more, nameText(key))
		}
	}
	if len(more) > 0 {
		slices.Sort(more)
		f.note("ignored, metadata of others: %s", strings.Join(more, ", "))
	}
	return f.setMetadata(metadata)
}

// setMetadata fills f in and checks that all of it fits together.
func (f *File) setMetadata(metadata map[string]string) error {
	if got := sha256Of([]byte(metadata[keySettings])); got != metadata[keySettingsSum] {
		return fmt.Errorf("SHA-256 of the settings is %s, want %s", got, quoted(metadata[keySettingsSum]))
	}
	seed, err := strconv.ParseUint(metadata[keySeed], 10, 64)
	if err != nil || strconv.FormatUint(seed, 10) != metadata[keySeed] {
		return fmt.Errorf("seed %s is not a number", quoted(metadata[keySeed]))
	}
	f.Info = Info{Task: metadata[keyTask], Arm: metadata[keyArm], Seed: seed, Settings: metadata[keySettings],
		From: metadata[keyFrom], Diverged: metadata[keyDiverged]}
	if f.Modules, err = parseCount(keyModules, metadata[keyModules]); err != nil {
		return err
	}
	if text := metadata[keyLeak]; text != "" {
		if f.Leak, err = parseLeak(text); err != nil {
			return err
		}
	}
	size := f.arrays["W_rec"].size
	for _, name := range tensorNames(metadata[keyFormat]) {
		a := f.arrays[name]
		want := size
		if name == "curve" {
			want = 8
		}
		if a.size != want {
			return fmt.Errorf("%s has numbers of %d bytes, want %d", name, a.size, want)
		}
	}
	if err := f.setNetwork(); err != nil {
		return err
	}
	if metadata[keyFormat] == formatState {
		return f.setState(metadata)
	}
	return nil
}
