// Package jsonvalue writes Go values as JSON and reads them back, numbers that are not finite and
// complex ones included.
package jsonvalue

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// FieldName names a field of an object as Go does, whatever its tag says.
func FieldName(f reflect.StructField) string { return f.Name }

// SnakeCase names a field of an object as its tag says, or else like a column of a table: FinalLoss
// becomes final_loss.
func SnakeCase(f reflect.StructField) string {
	if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
		return name
	}
	var b strings.Builder
	name := []rune(f.Name)
	for i, r := range name {
		afterSmall := i > 0 && !unicode.IsUpper(name[i-1])
		beforeSmall := i > 0 && i+1 < len(name) && unicode.IsLower(name[i+1])
		if unicode.IsUpper(r) && (afterSmall || beforeSmall) && name[i-1] != '_' {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Plain returns v as values that JSON can hold and [Read] brings back: a float that is not finite is a
// text, a complex number a pair. Structs are objects of their exported fields, those of embedded
// structs among them. A nil slice becomes an empty list, since the cache returns empty slices as nil. A
// value that writes JSON of its own does so.
func Plain(v reflect.Value, name func(reflect.StructField) string) any {
	switch v.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return Plain(v.Elem(), name)
	}
	if _, ok := v.Interface().(json.Marshaler); ok {
		return v.Interface()
	}
	switch v.Kind() {
	case reflect.Float64:
		if x := v.Float(); x-x != 0 {
			return strconv.FormatFloat(x, 'g', -1, 64)
		}
		return v.Float()
	case reflect.Complex128:
		z := v.Complex()
		return []any{Plain(reflect.ValueOf(real(z)), name), Plain(reflect.ValueOf(imag(z)), name)}
	case reflect.Slice:
		all := make([]any, v.Len())
		for i := range all {
			all[i] = Plain(v.Index(i), name)
		}
		return all
	case reflect.Map:
		all := map[string]any{}
		for k, x := range v.Seq2() {
			all[fmt.Sprint(k)] = Plain(x, name)
		}
		return all
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			value := Plain(v.Field(i), name)
			if inner, ok := value.(map[string]any); ok && f.Anonymous {
				maps.Copy(fields, inner)
			} else {
				fields[name(f)] = value
			}
		}
		return fields
	}
	return v.Interface()
}

// Read sets v from the JSON of what [Plain] returned with the same names. It is an error if v has no
// place for something.
func Read(v reflect.Value, data json.RawMessage, name func(reflect.StructField) string) error {
	switch v.Kind() {
	case reflect.Float64:
		text := string(data)
		if unquoted, err := strconv.Unquote(text); err == nil {
			text = unquoted
		}
		x, err := strconv.ParseFloat(text, 64)
		v.SetFloat(x)
		return err
	case reflect.Complex128:
		var parts []json.RawMessage
		var z [2]float64
		if err := json.Unmarshal(data, &parts); err != nil || len(parts) != 2 {
			return fmt.Errorf("%.40q is no complex number", data)
		}
		for i := range z {
			if err := Read(reflect.ValueOf(&z[i]).Elem(), parts[i], name); err != nil {
				return err
			}
		}
		v.SetComplex(complex(z[0], z[1]))
		return nil
	case reflect.Slice:
		var parts []json.RawMessage
		if err := json.Unmarshal(data, &parts); err != nil || len(parts) == 0 {
			return err
		}
		v.Set(reflect.MakeSlice(v.Type(), len(parts), len(parts)))
		for i, part := range parts {
			if err := Read(v.Index(i), part, name); err != nil {
				return err
			}
		}
		return nil
	case reflect.Struct:
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(data, &fields); err != nil {
			return err
		}
		places := map[string]reflect.Value{}
		for _, f := range reflect.VisibleFields(v.Type()) {
			if f.IsExported() && !f.Anonymous {
				places[name(f)] = v.FieldByIndex(f.Index)
			}
		}
		for key, part := range fields {
			place, ok := places[key]
			if !ok {
				return fmt.Errorf("%.40q is not known", key)
			}
			if err := Read(place, part, name); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		return nil
	}
	return json.Unmarshal(data, v.Addr().Interface())
}
