package obs

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strconv"
)

// plain returns v as values that JSON can hold and exact brings back: a float that is not
// finite is a text, a complex number a pair. Structs are objects of their exported
// fields, those of embedded structs among them. A nil slice is an empty list, as the cache
// gives an empty slice back as nil.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Float64:
		if x := v.Float(); x-x != 0 {
			return strconv.FormatFloat(x, 'g', -1, 64)
		}
		return v.Float()
	case reflect.Complex128:
		z := v.Complex()
		return []any{plain(reflect.ValueOf(real(z))), plain(reflect.ValueOf(imag(z)))}
	case reflect.Slice:
		all := make([]any, v.Len())
		for i := range all {
			all[i] = plain(v.Index(i))
		}
		return all
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			f, value := v.Type().Field(i), plain(v.Field(i))
			if inner, ok := value.(map[string]any); ok && f.Anonymous {
				maps.Copy(fields, inner)
			} else {
				fields[f.Name] = value
			}
		}
		return fields
	}
	return v.Interface()
}

// JSON returns v as indented JSON; a float that is not finite is a text.
func JSON(v any) ([]byte, error) {
	data, err := json.MarshalIndent(plain(reflect.ValueOf(v)), "", " ")
	return append(data, '\n'), err
}

// exact sets v to what plain returned and JSON wrote. What v has no place for is an error.
func exact(v reflect.Value, data json.RawMessage) error {
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
			if err := exact(reflect.ValueOf(&z[i]).Elem(), parts[i]); err != nil {
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
			if err := exact(v.Index(i), part); err != nil {
				return err
			}
		}
		return nil
	case reflect.Struct:
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(data, &fields); err != nil {
			return err
		}
		for name, part := range fields {
			f := v.FieldByName(name)
			if !f.IsValid() || !f.CanSet() {
				return fmt.Errorf("%.40q is not known", name)
			}
			if err := exact(f, part); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}
	return json.Unmarshal(data, v.Addr().Interface())
}
