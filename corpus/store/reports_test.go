package store

import (
	"reflect"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
)

// Every field of a report, and of what it tells, makes a difference: a report
// that was taken for another would be lost.
func TestSameReport(t *testing.T) {
	if !sameReport(&corpus.Report{}, &corpus.Report{}) {
		t.Error("a report is not the same as itself")
	}
	var differ func(path string, of func(*corpus.Report) reflect.Value)
	differ = func(path string, of func(*corpus.Report) reflect.Value) {
		var changed corpus.Report
		switch v := of(&changed); v.Interface().(type) {
		case time.Time:
			v.Set(reflect.ValueOf(time.Unix(1, 0)))
		default:
			switch v.Kind() {
			case reflect.Struct:
				for i := range v.NumField() {
					differ(path+"."+v.Type().Field(i).Name, func(r *corpus.Report) reflect.Value { return of(r).Field(i) })
				}
				return
			case reflect.String:
				v.SetString("x")
			case reflect.Int64:
				v.SetInt(1)
			case reflect.Float64:
				v.SetFloat(1)
			case reflect.Bool:
				v.SetBool(true)
			case reflect.Slice:
				v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			default:
				t.Fatalf("%s is a %s: teach this test about it", path, v.Kind())
			}
		}
		if sameReport(&corpus.Report{}, &changed) {
			t.Errorf("%s makes no difference", path)
		}
	}
	differ("Report", func(r *corpus.Report) reflect.Value { return reflect.ValueOf(r).Elem() })
}
