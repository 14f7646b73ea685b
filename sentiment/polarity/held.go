package polarity

// heldShare is the part of the labelled sentences, in per cent, that nothing
// is trained or tuned on.
const heldShare = 15

// Held reports whether the labelled sentence with this id is held out: the
// 32-bit FNV-1a hash of the id, modulo 100, is below 15. What is held out is
// measured and never trained or tuned on.
func Held(id string) bool {
	h := uint32(2166136261)
	for i := range len(id) {
		h = (h ^ uint32(id[i])) * 16777619
	}
	return h%100 < heldShare
}
