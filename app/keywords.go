package app

import (
	"cmp"
	"context"

	"heliograph/config"
	"heliograph/message/inbound"
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

// newInbound takes texts from handsets. What it sends by is
// not there yet.
func (a *App) newInbound() *inbound.Service {
	return &inbound.Service{
		Leases: a.store, Parts: a.store, Views: a.store, Conversations: a.store,
		Rules: a.inboundRules, Now: a.options.Now, Log: a.options.Log,
	}
}

// inboundTrouble counts texts from handsets that do not do what they ask for.
func (a *App) inboundTrouble(context.Context) (map[string]float64, error) {
	s := a.road.back.inbound
	return map[string]float64{"recipient": float64(s.Stray()), "sender": float64(s.Nobody()), "aside": float64(s.Aside())}, nil
}

// inboundRules are those in force.
func (a *App) inboundRules() inbound.Rules {
	force := a.force.Load()
	file := force.file
	return inbound.Rules{
		Texts: force.texts, OptOutWords: file.Keywords.OptOutWords, WholeMessage: file.Keywords.OptOutMatch == "whole_message",
		PartsWait: file.Inbound.PartsWait.Of(), RepliesPerHour: file.Inbound.RepliesPerHour,
	}
}
