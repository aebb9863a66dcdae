package compat

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// image is what the Dockerfile's last stage makes, as a folder.
type image struct {
	root       string
	env        []string
	entrypoint []string
	uid, gid   uint32
}

// TestImage takes the steps of the Dockerfile on this machine, without a
// container engine: it builds the binary by the Dockerfile's own command, copies
// what the last stage copies into an empty folder, prints how large an image
// that is, and starts the entry point with that folder as its root and as the
// image's user.
func TestImage(t *testing.T) {
	made := takeSteps(t, "../Dockerfile")
	size, packed := made.weigh(t)
	figure(t, "image of %.1f MB, %.1f MB compressed", float64(size)/1e6, float64(packed)/1e6)
	begun := time.Now()
	made.start(t)
	awaitReady(t, "http://127.0.0.1:7789/readyz")
	figure(t, "image ready %d ms after its start", time.Since(begun).Milliseconds())
	answer, err := http.Post("http://127.0.0.1:7788/", "application/x-amz-json-1.0", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if exception := answer.Header.Get("X-Amzn-Errortype"); exception != "UnknownOperationException" {
		t.Errorf("the API of the image answers %s", exception)
	}
	if _, err := os.Stat(filepath.Join(made.root, "data", "heliograph.db")); err != nil {
		t.Errorf("the image keeps its database elsewhere than in its volume: %v", err)
	}
}

// takeSteps reads a Dockerfile of two stages, of which the second is empty at
// first.
func takeSteps(t *testing.T, path string) *image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	made := &image{root: t.TempDir()}
	built := t.TempDir() // stands for / of the first stage
	stage := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch {
		case word == "FROM":
			stage++
		case word == "RUN" && strings.Contains(rest, "go build"):
			build(t, rest, built)
		case word == "COPY" && stage == 2:
			made.copy(t, strings.Fields(rest), built)
		case word == "ENV":
			made.env = append(made.env, strings.Fields(rest)...)
		case word == "USER":
			made.uid, made.gid = owner(t, rest)
		case word == "ENTRYPOINT" || word == "CMD":
			made.entrypoint = append(made.entrypoint, strings.Split(strings.Trim(strings.ReplaceAll(rest, `"`, ""), "[]"), ", ")...)
		}
	}
	return made
}

// build runs the first stage's command on the module's root, with its results
// in a folder instead of in /.
func build(t *testing.T, command, built string) {
	t.Helper()
	command = strings.ReplaceAll(command, " /", " "+built+"/")
	run := exec.Command("sh", "-ec", command)
	run.Dir = ".."
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

func owner(t *testing.T, text string) (uid, gid uint32) {
	t.Helper()
	if _, err := fmt.Sscanf(text, "%d:%d", &uid, &gid); err != nil {
		t.Fatalf("owner %q: %v", text, err)
	}
	return uid, gid
}

// copy takes a line COPY --from=build [--chown=U:G] SOURCE TARGET. What the
// build did not make comes from this machine.
func (i *image) copy(t *testing.T, words []string, built string) {
	t.Helper()
	source, target := words[len(words)-2], filepath.Join(i.root, words[len(words)-1])
	if made := filepath.Join(built, source); exists(made) {
		source = made
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-rL", source, target).CombinedOutput(); err != nil {
		t.Fatalf("COPY %s: %v\n%s", source, err, out)
	}
	for _, w := range words {
		if to, ok := strings.CutPrefix(w, "--chown="); ok && mayBeAnybody() {
			uid, gid := owner(t, to)
			if err := os.Chown(target, int(uid), int(gid)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// mayBeAnybody says whether this process is the machine's root, and not only
// that of a namespace that has no other users.
func mayBeAnybody() bool {
	users, err := os.ReadFile("/proc/self/uid_map")
	fields := strings.Fields(string(users))
	if err != nil || len(fields) != 3 || os.Geteuid() != 0 {
		return false
	}
	count, err := strconv.ParseInt(fields[2], 10, 64)
	return err == nil && count > 65536
}

// weigh gives the octets of the image's layer, and of the layer as registries
// keep it.
func (i *image) weigh(t *testing.T) (size, packed int64) {
	t.Helper()
	var plain, small counter
	zip := gzip.NewWriter(&small)
	layer := tar.NewWriter(io.MultiWriter(&plain, zip))
	if err := layer.AddFS(os.DirFS(i.root).(fs.ReadDirFS)); err != nil {
		t.Fatal(err)
	}
	if err := layer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return int64(plain), int64(small)
}

// counter counts octets.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// start runs the entry point inside the image.
func (i *image) start(t *testing.T) {
	t.Helper()
	attributes := &syscall.SysProcAttr{Chroot: i.root}
	if mayBeAnybody() {
		attributes.Credential = &syscall.Credential{Uid: i.uid, Gid: i.gid}
	} else {
		t.Log("image: started as root of a namespace, which has no other users")
	}
	command := exec.Command(filepath.Join(i.root, i.entrypoint[0]))
	command.Path, command.Args, command.Env, command.Dir = i.entrypoint[0], i.entrypoint, i.env, "/"
	command.SysProcAttr = attributes
	log := &strings.Builder{}
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := command.Wait(); err != nil {
			t.Errorf("the image ended with %v\n%s", err, log)
		}
	})
}

// awaitReady asks until the server can accept.
func awaitReady(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		if ctx.Err() != nil {
			t.Fatalf("%s does not answer: %v", url, err)
		}
	}
}
