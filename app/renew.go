package app

import (
	"os"
	"reflect"

	"heliograph/config"
)

// renewer is a carrier that changes its login without a gap.
type renewer interface {
	Renew(systemID, password string)
}

// renews says whether a configured carrier differs from the link's in nothing but
// its login and the content of the files of its TLS.
func (l *link) renews(c config.Carrier) bool {
	if _, can := l.Carrier.(renewer); !can || c.Type != config.SMPP {
		return false
	}
	had := l.configured
	had.UnregisteredSender, had.SystemID, had.Password = c.UnregisteredSender, c.SystemID, c.Password
	return reflect.DeepEqual(had, c)
}

// renew plans a change of login: another link with the same carrier, since requests
// read the one in use. The errors are those of the files.
func (c *linkChange) renew(had *link, line config.Carrier) error {
	files, err := carrierFiles(line)
	if err != nil {
		return err
	}
	next := *had
	next.configured, next.files = line, files
	c.links = append(c.links, &next)
	c.renewed = append(c.renewed, &next)
	return nil
}

// renewLogins carries the changes of login out, in the background, and says which
// there are.
func (c *linkChange) renewLogins() []string {
	var changes []string
	for _, l := range c.renewed {
		l.Carrier.(renewer).Renew(l.configured.SystemID, l.configured.Password.Reveal())
		changes = append(changes, "carrier "+l.configured.Name+" binds anew with its changed login")
	}
	return changes
}

// carrierFiles is the content of the files of a carrier's TLS: authorities,
// certificate and key.
func carrierFiles(c config.Carrier) ([][]byte, error) {
	if c.TLS == nil {
		return nil, nil
	}
	var files [][]byte
	for _, path := range []string{c.TLS.CAFile, c.TLS.CertFile, c.TLS.KeyFile} {
		if path == "" {
			files = append(files, nil)
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, content)
	}
	return files, nil
}
