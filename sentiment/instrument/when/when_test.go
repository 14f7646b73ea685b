package when

import (
	"testing"
	"time"
)

func TestFindReadsTheUsualForms(t *testing.T) {
	ref := time.Date(2026, 2, 6, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ text, want string }{
		{"effective March 28, 2025", "2025-03-28"},
		{"on 28 March 2025", "2025-03-28"},
		{"on the 3rd of September 2025", "2025-09-03"},
		{"Sept. 4, 2017", "2017-09-04"},
		{"from 2026-03-06", "2026-03-06"},
		{"自2026年2月6日起施行", "2026-02-06"},
		{"二〇二六年二月六日", "2026-02-06"},
		{"二〇二五年十二月二十一日", "2025-12-21"},
		{"comments close 30 June", "2026-06-30"},
		{"closed on Dec. 20", "2025-12-20"},
		{"请于3月6日前反馈", "2026-03-06"},
		{"民國114年1月1日施行", "2025-01-01"},
		{"自民國一百十四年一月一日施行", "2025-01-01"},
		{"將於八月一日起實施", "2026-08-01"},
		{"元旦起计息", "2026-01-01"},
		{"30 February 2026", ""},
		{"may 100 people", ""},
		{"no date", ""},
	} {
		got := ""
		if ds := Find(c.text, ref); len(ds) > 0 {
			got = ds[0].At.Format("2006-01-02")
		}
		if got != c.want {
			t.Errorf("Find(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestDateWithoutYearNeedsReference(t *testing.T) {
	if ds := Find("by 30 June", time.Time{}); len(ds) != 0 {
		t.Errorf("got %v without a reference date", ds)
	}
}

func TestPeriod(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ text, want string }{
		{"within 60 days of publication", "2026-03-02"},
		{"a 90-day comment period", "2026-04-01"},
		{"thirty days", "2026-01-31"},
		{"six", ""},
		{"in 3 months", "2026-04-01"},
		{"自公布之日起30日后施行", "2026-01-31"},
		{"三个月内", "2026-04-01"},
	} {
		got := ""
		if at, ok := Period(c.text, from); ok {
			got = at.Format("2006-01-02")
		}
		if got != c.want {
			t.Errorf("Period(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
