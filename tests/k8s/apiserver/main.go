// A Kubernetes API server with its etcd in one process, for tests: nothing runs what is written to it.
//
// The arguments are kube-apiserver's own. etcd keeps its data in the current directory and listens there on a socket.
package main

import (
	"fmt"
	"net/url"
	"os"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// etcd wants every URL to have a port; what it makes of this one is a socket file of that name.
var socket = url.URL{Scheme: "unix", Host: "etcd:0"}

func main() {
	if err := startEtcd(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Args = append(os.Args, "--etcd-servers="+socket.String())
	os.Exit(cli.Run(app.NewAPIServerCommand()))
}

func startEtcd() error {
	config := embed.NewConfig()
	config.Dir = "data"
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	config.ListenClientUrls = []url.URL{socket}
	config.AdvertiseClientUrls = []url.URL{socket}
	config.ListenPeerUrls = []url.URL{{Scheme: "unix", Host: "peer:0"}}
	_, err := embed.StartEtcd(config)
	return err
}
