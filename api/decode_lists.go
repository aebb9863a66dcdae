package api

// decodeEntries reads a list. Entries above the limit are skipped, so that a
// request cannot make the server hold more than the model allows; entry reads
// one and has the path set to it.
func decodeEntries(d *decoder, name string, limit bounds[int], entry func()) (present bool) {
	present, usable := d.begin(name, '[')
	if !usable {
		return present
	}
	outer := d.push(name)
	d.token()
	n := 0
	for ; d.more(']'); n++ {
		if n >= limit.max {
			d.skip()
			continue
		}
		mark := d.pushIndex(n)
		entry()
		d.pop(mark)
	}
	if wrong := limit.wrong(n); wrong != "" {
		d.report(wrong + " entries")
	}
	d.pop(outer)
	return true
}

// entryText reads a string inside a list or map.
func (d *decoder) entryText(limit check) string {
	if d.json.PeekKind() != '"' {
		d.report("must be a string")
		d.skip()
		return ""
	}
	s := string(d.text())
	if limit != nil && d.err == nil {
		if wrong := limit(s); wrong != "" {
			d.report(wrong)
		}
	}
	return s
}

// entryStructure says whether a structure follows inside a list or map.
func (d *decoder) entryStructure() bool {
	if d.json.PeekKind() == '{' {
		return true
	}
	d.report("must be an object")
	d.skip()
	return false
}

func decodeStrings[T ~string](d *decoder, name string, limit bounds[int], each check, v *[]T) (present bool) {
	list := []T{}
	present = decodeEntries(d, name, limit, func() {
		list = append(list, T(d.entryText(each)))
	})
	if present {
		*v = list
	}
	return present
}

func decodeIntegers[T int | int64](d *decoder, name string, limit bounds[int], each bounds[T], v *[]T) (present bool) {
	list := []T{}
	present = decodeEntries(d, name, limit, func() {
		if d.json.PeekKind() != '0' {
			d.report("must be a number")
			d.skip()
			return
		}
		n, wrong := parseNumber[T](string(d.value()))
		if wrong == "" {
			wrong = each.wrong(n)
		}
		if wrong != "" {
			d.report(wrong)
		}
		list = append(list, n)
	})
	if present {
		*v = list
	}
	return present
}

func decodeStructures[T any, P decodable[T]](d *decoder, name string, limit bounds[int], v *[]T) (present bool) {
	list := []T{}
	present = decodeEntries(d, name, limit, func() {
		if d.entryStructure() {
			var s T
			P(&s).decode(d)
			list = append(list, s)
		}
	})
	if present {
		*v = list
	}
	return present
}

// decodePairs reads a map. The path of a value is the map's with its key; a
// bad key is a complaint about the map, since it may hold anything.
func decodePairs(d *decoder, name string, limit bounds[int], keys check, pair func(key string)) (present bool) {
	present, usable := d.begin(name, '{')
	if !usable {
		return present
	}
	outer := d.push(name)
	d.token()
	n := 0
	for key, ok := d.name(); ok; key, ok = d.name() {
		if n++; n > limit.max {
			d.skip()
			continue
		}
		d.pair(string(key), keys, pair)
	}
	if wrong := limit.wrong(n); wrong != "" {
		d.report(wrong + " entries")
	}
	d.pop(outer)
	return true
}

func (d *decoder) pair(key string, keys check, read func(key string)) {
	if keys != nil {
		if wrong := keys(key); wrong != "" {
			d.report("keys: " + wrong)
			d.skip()
			return
		}
	}
	mark := d.push(key)
	read(key)
	d.pop(mark)
}

func decodeStringMap[K, V ~string](d *decoder, name string, limit bounds[int], keys, values check, v *map[K]V) (present bool) {
	m := map[K]V{}
	present = decodePairs(d, name, limit, keys, func(key string) { m[K(key)] = V(d.entryText(values)) })
	if present {
		*v = m
	}
	return present
}

func decodeStructureMap[K ~string, T any, P decodable[T]](d *decoder, name string, limit bounds[int], keys check, v *map[K]T) (present bool) {
	m := map[K]T{}
	present = decodePairs(d, name, limit, keys, func(key string) {
		if d.entryStructure() {
			var s T
			P(&s).decode(d)
			m[K(key)] = s
		}
	})
	if present {
		*v = m
	}
	return present
}
