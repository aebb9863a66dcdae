package main

import (
	"regexp/syntax"
	"unicode/utf8"
)

// sequence reads a regular expression as a plain sequence of character
// classes. It is false where the expression is more than that, or where a
// class takes only some of the characters beyond ASCII.
func sequence(expression string) ([]class, bool) {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, false
	}
	classes, ok := flatten(re)
	return classes, ok && greedy(classes)
}

func flatten(re *syntax.Regexp) ([]class, bool) {
	switch re.Op {
	case syntax.OpConcat:
		var all []class
		for _, sub := range re.Sub {
			classes, ok := flatten(sub)
			if !ok {
				return nil, false
			}
			all = append(all, classes...)
		}
		return all, true
	case syntax.OpCapture:
		return flatten(re.Sub[0])
	case syntax.OpLiteral:
		return literal(re)
	case syntax.OpStar:
		return repeat(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		return repeat(re.Sub[0], 1, -1)
	case syntax.OpQuest:
		return repeat(re.Sub[0], 0, 1)
	case syntax.OpRepeat:
		return repeat(re.Sub[0], re.Min, re.Max)
	}
	c, ok := single(re)
	return []class{c}, ok
}

func literal(re *syntax.Regexp) ([]class, bool) {
	var classes []class
	for _, r := range re.Rune {
		if r >= utf8.RuneSelf || re.Flags&syntax.FoldCase != 0 {
			return nil, false
		}
		classes = append(classes, ranges([]rune{r, r}))
	}
	return classes, true
}

// repeat is one class with bounds; groups that repeat are no plain sequence.
func repeat(re *syntax.Regexp, low, high int) ([]class, bool) {
	classes, ok := flatten(re)
	if !ok || len(classes) != 1 || classes[0].min != 1 || classes[0].max != 1 {
		return nil, false
	}
	classes[0].min, classes[0].max = low, high
	return classes, true
}

func single(re *syntax.Regexp) (class, bool) {
	switch re.Op {
	case syntax.OpAnyChar:
		return ranges([]rune{0, utf8.MaxRune}), true
	case syntax.OpAnyCharNotNL:
		return ranges([]rune{0, '\n' - 1, '\n' + 1, utf8.MaxRune}), true
	case syntax.OpCharClass:
		c := ranges(re.Rune)
		last := re.Rune[len(re.Rune)-2:]
		whole := last[0] < utf8.RuneSelf && last[1] == utf8.MaxRune
		return c, whole || last[1] < utf8.RuneSelf
	}
	return class{}, false
}

// ranges makes a class from pairs of first and last characters.
func ranges(pairs []rune) class {
	c := class{min: 1, max: 1}
	for i := 0; i < len(pairs); i += 2 {
		for r := pairs[i]; r <= pairs[i+1] && r < utf8.RuneSelf; r++ {
			if r < 64 {
				c.low |= 1 << r
			} else {
				c.high |= 1 << (r - 64)
			}
		}
		c.beyond = c.beyond || pairs[i+1] == utf8.MaxRune
	}
	return c
}
