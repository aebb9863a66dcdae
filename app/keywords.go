package app

import (
	"cmp"

	"heliograph/config"
	"heliograph/resource/keyword"
)

// keywordTexts are what HELP and STOP answer: the file's, and our own where it
// has none.
func keywordTexts(k config.Keywords) keyword.Texts {
	own := keyword.DefaultTexts()
	return keyword.Texts{Help: cmp.Or(k.Help, own.Help), Stop: cmp.Or(k.Stop, own.Stop)}
}

// keywordTexts are those in force.
func (a *App) keywordTexts() keyword.Texts { return a.force.Load().texts }
