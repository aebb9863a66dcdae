package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
)

// multiRow is a statement over many rows of values. Placeholders in row are
// written "?".
type multiRow struct {
	head, row, tail string
	columns         int // placeholders of a row
}

// sizes are how many rows a prepared statement takes, largest first.
var sizes = [...]int{64, 8, 1}

// fast runs the statements of the road of messages on the writer's connection
// through the driver's own interface: prepared once, without the pool's
// bookkeeping, which would cost more than the statement itself.
type fast struct {
	engine   Engine
	conn     *sql.Conn
	prepared map[prepared]driver.Stmt
	args     []driver.NamedValue
}

// prepared names a prepared statement.
type prepared struct {
	of   *multiRow
	rows int
	text string // of a plain statement
}

func newFast(engine Engine, conn *sql.Conn) *fast {
	return &fast{engine: engine, conn: conn, prepared: map[prepared]driver.Stmt{}}
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

// plain runs a statement without values.
func (f *fast) plain(ctx context.Context, text string) error {
	return f.raw(func(conn driver.Conn) error { return f.exec(ctx, conn, prepared{text: text}, nil) })
}

// many runs a statement over all rows of values, which follow each other.
func (f *fast) many(ctx context.Context, m *multiRow, values []driver.Value) error {
	if len(values) == 0 {
		return nil
	}
	return f.raw(func(conn driver.Conn) error {
		for _, rows := range sizes {
			n := rows * m.columns
			for ; len(values) >= n; values = values[n:] {
				if err := f.exec(ctx, conn, prepared{of: m, rows: rows}, values[:n]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (f *fast) exec(ctx context.Context, conn driver.Conn, key prepared, values []driver.Value) error {
	statement, err := f.statement(ctx, conn, key)
	if err != nil {
		return err
	}
	for len(f.args) < len(values) {
		f.args = append(f.args, driver.NamedValue{Ordinal: len(f.args) + 1})
	}
	for i, value := range values {
		f.args[i].Value = value
	}
	_, err = statement.ExecContext(ctx, f.args[:len(values)])
	return err
}

// statement gives a prepared statement, prepared at its first use.
func (f *fast) statement(ctx context.Context, conn driver.Conn, key prepared) (driver.StmtExecContext, error) {
	statement := f.prepared[key]
	if statement == nil {
		preparer, ok := conn.(driver.ConnPrepareContext)
		if !ok {
			return nil, fmt.Errorf("store: the driver's connection %T does not prepare", conn)
		}
		text := key.text
		if key.of != nil {
			text = key.of.render(key.rows, f.engine.Place)
		}
		made, err := preparer.PrepareContext(ctx, text)
		if err != nil {
			return nil, err
		}
		f.prepared[key], statement = made, made
	}
	runner, ok := statement.(driver.StmtExecContext)
	if !ok {
		return nil, fmt.Errorf("store: the driver's statement is %T", statement)
	}
	return runner, nil
}

// render writes the statement for a number of rows with the engine's
// placeholders.
func (m *multiRow) render(rows int, place func(int) string) string {
	text := m.head + strings.Repeat(m.row+", ", rows-1) + m.row + m.tail
	var out strings.Builder
	n := 0
	for _, r := range text {
		if r == '?' {
			n++
			out.WriteString(place(n))
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}
