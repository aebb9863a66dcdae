package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
)

// statement is one statement of the road of messages, written with "?" for its
// values. Rows are written one by one: on SQLite a prepared statement a row was
// measured to be as fast as one statement over many rows for inserts, and a
// quarter faster for updates and deletes, which need no table of new values.
type statement struct {
	text   string
	values int // of a row
}

// fast runs the statements of the road of messages on the writer's connection
// through the driver's own interface: prepared once, without the pool's
// bookkeeping, which would cost more than the statement itself.
type fast struct {
	engine   Engine
	conn     *sql.Conn
	prepared map[*statement]driver.Stmt
	args     []driver.NamedValue
}

func newFast(engine Engine, conn *sql.Conn) *fast {
	return &fast{engine: engine, conn: conn, prepared: map[*statement]driver.Stmt{}}
}

// close gives the statements back.
func (f *fast) close() error {
	return f.raw(func(driver.Conn) (err error) {
		for key, statement := range f.prepared {
			if e := statement.Close(); e != nil {
				err = e
			}
			delete(f.prepared, key)
		}
		return err
	})
}

func (f *fast) raw(do func(conn driver.Conn) error) error {
	return f.conn.Raw(func(raw any) error {
		conn, ok := raw.(driver.Conn)
		if !ok {
			return fmt.Errorf("store: the driver's connection is %T", raw)
		}
		return do(conn)
	})
}

// run runs a statement without values.
func (f *fast) run(ctx context.Context, s *statement) error {
	return f.raw(func(conn driver.Conn) error { return f.exec(ctx, conn, s, nil) })
}

// each runs a statement for each row of values; the rows follow each other.
func (f *fast) each(ctx context.Context, s *statement, rows values) error {
	if len(rows) == 0 {
		return nil
	}
	return f.raw(func(conn driver.Conn) error {
		for ; len(rows) > 0; rows = rows[s.values:] {
			if err := f.exec(ctx, conn, s, rows[:s.values]); err != nil {
				return err
			}
		}
		return nil
	})
}

// has says whether a query gives a row.
func (f *fast) has(ctx context.Context, s *statement, row ...driver.Value) (found bool, err error) {
	err = f.raw(func(conn driver.Conn) error {
		made, err := f.made(ctx, conn, s)
		if err != nil {
			return err
		}
		found, err = hasRow(ctx, made, f.named(row))
		return err
	})
	return found, err
}

// hasRow says whether a prepared query gives a row.
func hasRow(ctx context.Context, made driver.Stmt, args []driver.NamedValue) (found bool, err error) {
	runner, ok := made.(driver.StmtQueryContext)
	if !ok {
		return false, fmt.Errorf("store: the driver's statement is %T", made)
	}
	rows, err := runner.QueryContext(ctx, args)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	switch err := rows.Next(make([]driver.Value, len(rows.Columns()))); {
	case err == nil:
		return true, nil
	case errors.Is(err, io.EOF):
		return false, nil
	default:
		return false, err
	}
}

func (f *fast) exec(ctx context.Context, conn driver.Conn, s *statement, row values) error {
	made, err := f.made(ctx, conn, s)
	if err != nil {
		return err
	}
	runner, ok := made.(driver.StmtExecContext)
	if !ok {
		return fmt.Errorf("store: the driver's statement is %T", made)
	}
	_, err = runner.ExecContext(ctx, f.named(row))
	return err
}

// made is a statement, prepared at its first use.
func (f *fast) made(ctx context.Context, conn driver.Conn, s *statement) (driver.Stmt, error) {
	if made := f.prepared[s]; made != nil {
		return made, nil
	}
	made, err := f.prepare(ctx, conn, s)
	if err == nil {
		f.prepared[s] = made
	}
	return made, err
}

// named are values as the driver takes them, until the next call.
func (f *fast) named(row values) []driver.NamedValue {
	for len(f.args) < len(row) {
		f.args = append(f.args, driver.NamedValue{Ordinal: len(f.args) + 1})
	}
	for i, value := range row {
		f.args[i].Value = value
	}
	return f.args[:len(row)]
}

func (f *fast) prepare(ctx context.Context, conn driver.Conn, s *statement) (driver.Stmt, error) {
	preparer, ok := conn.(driver.ConnPrepareContext)
	if !ok {
		return nil, fmt.Errorf("store: the driver's connection %T does not prepare", conn)
	}
	return preparer.PrepareContext(ctx, s.placed(f.engine.Place))
}

// placed is the statement's text with the engine's placeholders.
func (s *statement) placed(place func(int) string) string {
	var out strings.Builder
	n := 0
	for _, r := range s.text {
		if r == '?' {
			n++
			out.WriteString(place(n))
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}
