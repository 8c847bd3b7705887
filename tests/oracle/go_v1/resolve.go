// Resolves the default chain of aws-sdk-go (version 1) once; see tests/oracle/harness.py for what it prints.
//
// It does so in a child: an answer of STS that is none crashes the SDK in a goroutine of its own, and so the program.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go/aws/session"
)

// What the SDK says when it found no credentials.
const nothing = "NoCredentialProviders:"

const module = "github.com/aws/aws-sdk-go"

type line struct {
	SDK     string  `json:"sdk"`
	Version string  `json:"version"`
	Outcome string  `json:"outcome"`
	Hint    string  `json:"access_key_hint,omitempty"`
	Error   string  `json:"error,omitempty"`
	Seconds float64 `json:"seconds"`
}

func main() {
	out := os.Stdout
	if len(os.Args) > 1 {
		// The SDK logs to standard output, and some reasons are in its log alone.
		os.Stdout = os.Stderr
		tell(out, resolved())
		return
	}
	start := time.Now()
	if crash := crashOf("resolve"); crash != "" {
		tell(out, line{Outcome: "error", Error: crash, Seconds: time.Since(start).Seconds()})
	}
}

// crashOf runs this program in a child and returns how it crashed, if it did. The child tells everything else itself.
func crashOf(argument string) string {
	runtime.LockOSThread() // with this thread the child dies
	var complaints bytes.Buffer
	child := exec.Command("/proc/self/exe", argument)
	child.Stdout, child.Stderr = os.Stdout, &complaints
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err := child.Run()
	if err == nil {
		return ""
	}
	_, after, found := strings.Cut(complaints.String(), "panic: ")
	if !found {
		return err.Error()
	}
	first, _, _ := strings.Cut(after, "\n")
	return "panic: " + first
}

func resolved() line {
	start := time.Now()
	keyID, err := resolve()
	result := line{Outcome: "credentials", Seconds: time.Since(start).Seconds()}
	if err == nil {
		result.Hint = "…" + keyID[max(0, len(keyID)-4):]
		return result
	}
	result.Error = strings.Join(strings.Fields(err.Error()), " ")
	result.Outcome = "error"
	if strings.HasPrefix(result.Error, nothing) {
		result.Outcome = "none"
	}
	return result
}

func resolve() (string, error) {
	created, err := session.NewSession()
	if err != nil {
		return "", err
	}
	keys, err := created.Config.Credentials.Get()
	return keys.AccessKeyID, err
}

func tell(out *os.File, result line) {
	result.SDK, result.Version = "go-v1", version()
	if json.NewEncoder(out).Encode(result) != nil {
		os.Exit(1)
	}
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return strings.TrimPrefix(dependency.Version, "v")
		}
	}
	return "unknown"
}
