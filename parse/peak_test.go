package parse

import (
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkPeak reads each hostile shape at 8 MB, the most that is read of a
// page, and prints how much of the heap was in use at the peak, the page
// itself included. The collector is run often, so that what is printed is what
// is needed and not what has not been swept yet.
func BenchmarkPeak(b *testing.B) {
	for shape := range hostile {
		b.Run(shape, func(b *testing.B) {
			most := 0.0
			for b.Loop() {
				most = max(most, float64(peak(func() { readHostile(shape, 8<<20) }))/1e6)
			}
			b.ReportMetric(most, "MB-peak")
		})
	}
}

// peak returns the most bytes of live heap that were seen while read ran,
// beyond those before it.
func peak(read func()) uint64 {
	inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	runtime.GC()
	metrics.Read(inUse)
	before := inUse[0].Value.Uint64()
	var most uint64
	var done atomic.Bool
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for !done.Load() {
			runtime.GC()
			metrics.Read(inUse)
			most = max(most, inUse[0].Value.Uint64())
			time.Sleep(time.Millisecond)
		}
	}()
	read()
	done.Store(true)
	<-watched
	return most - min(most, before)
}
