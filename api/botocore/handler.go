package botocore

import (
	"bytes"
	"net/http"
	"sync"
	"time"

	"heliograph/api/model"
)

// ServiceName is the service's folder in botocore's data and its name in the
// AWS CLI.
const ServiceName = "pinpoint-sms-voice-v2"

// Root is the path below which Handler serves, laid out as botocore's data
// folder, so that a download of both files can be a client's AWS_DATA_PATH.
const Root = "/sdk/" + ServiceName + "/2022-03-31/"

// Handler serves the model that is compiled in as service-2.json and
// paginators-1.json below Root, for anybody: it holds nothing of an account.
// The files are written at the first request.
func Handler() http.Handler {
	mux := http.NewServeMux()
	for name, file := range map[string]func(*model.Model) ([]byte, error){
		"service-2.json":    Service,
		"paginators-1.json": Paginators,
	} {
		mux.Handle("GET "+Root+name, serve(name, file))
	}
	return mux
}

func serve(name string, file func(*model.Model) ([]byte, error)) http.Handler {
	content := sync.OnceValues(func() ([]byte, error) {
		m, err := model.Load()
		if err != nil {
			return nil, err
		}
		return file(m)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := content()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(text))
	})
}
