package main

import (
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// printHelp lists all commands with an example each; for one command kong does
// it, and the example follows where the command has no text of its own.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	command := ctx.Selected()
	if command == nil {
		return printCommands(ctx.Stdout, ctx.Model)
	}
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil || command.Detail != "" {
		return err
	}
	_, err := fmt.Fprintf(ctx.Stdout, "\nExample:\n  %s\n", command.Tag.Get("example"))
	return err
}

func printCommands(w io.Writer, program *kong.Application) error {
	fmt.Fprintf(w, "Usage: %s COMMAND [flags]\n\n%s\n", program.Name, about)
	part := ""
	for _, command := range program.Children {
		if next := command.Tag.Get("part"); next != part {
			part = next
			fmt.Fprintf(w, "\n%s:\n", part)
		}
		fmt.Fprintf(w, "  %-11s  %s\n      %s\n", command.Name, command.Help, command.Tag.Get("example"))
	}
	_, err := fmt.Fprintf(w, "\n\"%s COMMAND --help\" tells more of one.\n", program.Name)
	return err
}
