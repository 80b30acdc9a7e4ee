package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/aws/smithy-go"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/wire"
)

// callJSON is a call as other processes read it. Input and output are as they are
// on the wire.
type callJSON struct {
	Time      time.Time       `json:"time"`
	Principal string          `json:"principal"`
	Account   string          `json:"account"`
	Region    string          `json:"region"`
	Operation string          `json:"operation"`
	KeyARN    string          `json:"keyArn,omitempty"`
	RequestID string          `json:"requestId,omitempty"`
	Input     json.RawMessage `json:"input,omitempty"`
	Output    json.RawMessage `json:"output,omitempty"`
	Error     *errorJSON      `json:"error,omitempty"`
	Fault     bool            `json:"fault,omitempty"` // a fault decided or delayed the call
}

type errorJSON struct {
	Type    string `json:"type,omitempty"` // empty when there was no answer
	Message string `json:"message,omitempty"`
}

func (s *Server) calls(w http.ResponseWriter, _ *http.Request) {
	list := []callJSON{}
	for _, c := range s.Fake().Calls() {
		list = append(list, encode(c))
	}
	answer(w, list)
}

func encode(c kmsfake.Call) callJSON {
	j := callJSON{
		Time: c.Time, Principal: c.Principal, Account: c.Account, Region: c.Region,
		Operation: c.Operation, KeyARN: c.KeyARN, RequestID: c.RequestID, Fault: c.Fault != nil,
	}
	// What the journal left out is nil, which has no body.
	if c.Input != nil {
		j.Input, _ = wire.AppendInput(nil, c.Operation, c.Input)
	}
	if c.Output != nil {
		j.Output, _ = wire.AppendOutput(nil, c.Operation, c.Output)
	}
	if c.Error != nil {
		j.Error = &errorJSON{Message: c.Error.Error()}
		var exception smithy.APIError
		if errors.As(c.Error, &exception) {
			j.Error = &errorJSON{exception.ErrorCode(), exception.ErrorMessage()}
		}
	}
	return j
}
