package simulator

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Standing is what became of a message of the API, beside what handsets show.
type Standing struct {
	Account    string    `json:"-"`     // whose it is
	State      string    `json:"state"` // in the API's words, such as DELIVERED
	AcceptedAt time.Time `json:"acceptedAt"`
	EndedAt    time.Time `json:"endedAt,omitzero"` // zero until the state is final
}

// standing answers the state of a message to the account that sent it.
func standing(r *request, find func(context.Context, string) (Standing, bool, error)) (int, any, error) {
	none := problem(http.StatusNotFound, "the account has no such message")
	if find == nil {
		return 0, nil, none
	}
	what, found, err := find(r.Context(), r.PathValue("id"))
	if err != nil {
		return 0, nil, fmt.Errorf("simulator: state of a message: %w", err)
	}
	if sees := r.sees(); !found || sees != "" && sees != what.Account {
		return 0, nil, none
	}
	return http.StatusOK, what, nil
}
