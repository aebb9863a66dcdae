package compat

import (
	"archive/tar"
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
)

// image is what the Dockerfile's last stage makes, as a folder.
type image struct {
	root       string
	env        []string
	args       map[string]string // of the build
	entrypoint []string
	command    []string // of who gives no other
	uid, gid   uint32
}

// TestImage takes the steps of the Dockerfile on this machine, without a
// container engine: it builds the binary by the Dockerfile's own command, copies
// what the last stage copies into an empty folder, prints how large an image
// that is, and starts the entry point with that folder as its root and as the
// image's user.
func TestImage(t *testing.T) {
	made := takeSteps(t, "../Dockerfile", map[string]string{"VERSION": "v9.8.7", "COMMIT": "abcdef0"})
	size, packed := made.weigh(t)
	figure(t, "image of %.1f MB, %.1f MB compressed", float64(size)/1e6, float64(packed)/1e6)
	checkClaim(t, float64(size)/1e6, float64(packed)/1e6)
	if out := made.says(t, "version"); !strings.Contains(out, "v9.8.7") || !strings.Contains(out, "abcdef0") {
		t.Errorf("the image's version is %s", out)
	}
	t.Run("serve", func(t *testing.T) { made.serves(t) })
	t.Run("dev", func(t *testing.T) { made.tries(t) })
}

// claimed are the figures of the page for test authors.
var claimed = regexp.MustCompile(`about (\d+) MB, (\d+) MB\s+compressed`)

// checkClaim holds the page's figures against the real ones.
func checkClaim(t *testing.T, weighed ...float64) {
	t.Helper()
	page, err := os.ReadFile("../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	found := claimed.FindStringSubmatch(string(page))
	if found == nil {
		t.Fatal("docs/testing.md tells no size of the image")
	}
	for i, is := range weighed {
		said, err := strconv.ParseFloat(found[i+1], 64)
		if err != nil || math.Abs(said-is) > is/10 {
			t.Errorf("docs/testing.md says %s MB, it is %.1f MB", found[i+1], is)
		}
	}
}

// says runs a command of the image that ends.
func (i *image) says(t *testing.T, words ...string) string {
	t.Helper()
	out, err := i.prepare(words).CombinedOutput()
	if err != nil {
		t.Fatalf("%v in the image: %v\n%s", words, err, out)
	}
	return string(out)
}

// tries starts the image as the page for test authors does, sends one text and
// reads the handset.
func (i *image) tries(t *testing.T) {
	t.Helper()
	i.emptyVolume(t)
	i.start(t, "dev")
	awaitReady(t, "http://127.0.0.1:7789/readyz")
	s := &server{t: t, api: "http://127.0.0.1:7788", console: "http://127.0.0.1:7789"}
	sent, err := goSDK(s, "test", "test").SendTextMessage(t.Context(), &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(american), MessageBody: aws.String("Hello from the image")})
	if err != nil {
		t.Fatal(err)
	}
	var shown struct{ Message handsetMessage }
	if err := s.as("test", "test", http.MethodGet, "/simulator/v1/handsets/"+url.PathEscape(american)+"/messages/latest?wait=30s", nil, &shown); err != nil {
		t.Fatal(err)
	}
	if got := shown.Message; got.MessageID != aws.ToString(sent.MessageId) || got.Body != "Hello from the image" {
		t.Errorf("the handset shows %+v", got)
	}
}

// emptyVolume gives the image a volume of its own, as each container has.
func (i *image) emptyVolume(t *testing.T) {
	t.Helper()
	kept, err := filepath.Glob(filepath.Join(i.root, "data", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range kept {
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
}

// serves starts the image with its own command.
func (i *image) serves(t *testing.T) {
	t.Helper()
	begun := time.Now()
	i.start(t, i.command...)
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
	if _, err := os.Stat(filepath.Join(i.root, "data", "heliograph.db")); err != nil {
		t.Errorf("the image keeps its database elsewhere than in its volume: %v", err)
	}
}

// takeSteps reads a Dockerfile of two stages, of which the second is empty at
// first.
func takeSteps(t *testing.T, path string, args map[string]string) *image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	made := &image{root: t.TempDir(), args: map[string]string{}}
	built := t.TempDir() // stands for / of the first stage
	stage := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch {
		case word == "FROM":
			stage++
		case word == "RUN" && strings.Contains(rest, "go build"):
			made.build(t, rest, built)
		case word == "ARG":
			name, otherwise, _ := strings.Cut(rest, "=")
			made.args[name] = cmp.Or(args[name], otherwise)
		case word == "COPY" && stage == 2:
			made.copy(t, strings.Fields(rest), built)
		case word == "ENV":
			made.env = append(made.env, strings.Fields(rest)...)
		case word == "USER":
			made.uid, made.gid = owner(t, rest)
		case word == "ENTRYPOINT":
			made.entrypoint = wordsOf(t, rest)
		case word == "CMD":
			made.command = wordsOf(t, rest)
		}
	}
	return made
}

func wordsOf(t *testing.T, list string) (words []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(list), &words); err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	return words
}

// build runs the first stage's command on the module's root, with its results
// in a folder instead of in /.
func (i *image) build(t *testing.T, command, built string) {
	t.Helper()
	command = strings.ReplaceAll(command, " /", " "+built+"/")
	run := exec.Command("sh", "-ec", command)
	run.Dir, run.Env = "..", os.Environ()
	for name, value := range i.args {
		run.Env = append(run.Env, name+"="+value)
	}
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

// prepare makes the entry point inside the image, with its words.
func (i *image) prepare(words []string) *exec.Cmd {
	attributes := &syscall.SysProcAttr{Chroot: i.root}
	if mayBeAnybody() {
		attributes.Credential = &syscall.Credential{Uid: i.uid, Gid: i.gid}
	}
	command := exec.Command(filepath.Join(i.root, i.entrypoint[0]))
	command.Path, command.Args = i.entrypoint[0], append(slices.Clip(i.entrypoint), words...)
	command.Env, command.Dir, command.SysProcAttr = i.env, "/", attributes
	return command
}

// start runs the entry point until the test ends.
func (i *image) start(t *testing.T, words ...string) {
	t.Helper()
	if !mayBeAnybody() {
		t.Log("image: started as root of a namespace, which has no other users")
	}
	command := i.prepare(words)
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
