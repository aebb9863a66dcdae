package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Credentials sign calls and authenticate to the console port.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	Region          string
}

// DefaultRegion signs calls where nothing names a Region.
const DefaultRegion = "us-east-1"

// errNoCredentials tells what to set.
var errNoCredentials = errors.New("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (against heliograph dev: test and test), or AWS_SHARED_CREDENTIALS_FILE=DIR/credentials of the server's data folder")

// FindCredentials reads the AWS variables, else the profile (AWS_PROFILE, or
// "default") of the shared credentials file.
func FindCredentials(getenv func(string) string) (Credentials, error) {
	found := Credentials{
		AccessKeyID:     getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: getenv("AWS_SECRET_ACCESS_KEY"),
		Region:          firstOf(getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION")),
	}
	if found.AccessKeyID != "" && found.SecretAccessKey != "" {
		found.Region = firstOf(found.Region, DefaultRegion)
		return found, nil
	}
	profile := firstOf(getenv("AWS_PROFILE"), "default")
	path := firstOf(getenv("AWS_SHARED_CREDENTIALS_FILE"), filepath.Join(getenv("HOME"), ".aws", "credentials"))
	settings, err := readProfile(path, profile)
	if errors.Is(err, os.ErrNotExist) {
		return Credentials{}, errNoCredentials
	}
	if err != nil {
		return Credentials{}, err
	}
	found.AccessKeyID, found.SecretAccessKey = settings["aws_access_key_id"], settings["aws_secret_access_key"]
	found.Region = firstOf(found.Region, settings["region"], DefaultRegion)
	if found.AccessKeyID == "" || found.SecretAccessKey == "" {
		return Credentials{}, fmt.Errorf("%s: profile [%s] has no aws_access_key_id and aws_secret_access_key", path, profile)
	}
	return found, nil
}

// readProfile gives the settings of one section of a shared credentials file.
func readProfile(path, profile string) (map[string]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	settings, section := map[string]string{}, ""
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSpace(strings.TrimSuffix(name, "]"))
			continue
		}
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") || section != profile {
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok {
			settings[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return settings, lines.Err()
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
