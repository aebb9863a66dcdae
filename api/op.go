package api

import (
	"crypto/sha256"
	"slices"
)

// Operation describes one operation.
type Operation struct {
	Name     string
	Errors   []string // exceptions it declares, in the model's order
	HasToken bool     // its input has a ClientToken
	Page     *Page    // nil where it has no pages

	check func(body []byte) error
}

// Page names the members that paging uses.
type Page struct {
	InputToken  string // member of the input that continues a listing
	OutputToken string // member of the output that is absent on the last page
	Size        string // member of the input: entries per page
	List        string // member of the output
}

// Declares says whether the operation may answer the exception.
func (o *Operation) Declares(exception string) bool {
	return slices.Contains(o.Errors, exception)
}

// Check says whether the body of a request keeps the limits of the model. The
// errors are those of Op.Decode.
func (o *Operation) Check(body []byte) error { return o.check(body) }

// Op is an operation together with the types of its input and output. Its
// values are generated, one an operation.
type Op[In, Out any] struct {
	Operation
	token        func(*In) *string // nil where the input has none
	decodeInput  func(*In, *decoder)
	encodeInput  func(*In, *encoder)
	encodeOutput func(*Out, *encoder)
}

// Encode returns the body of an answer.
func (o Op[In, Out]) Encode(out *Out) []byte {
	e := encoder{answer: true}
	o.encodeOutput(out, &e)
	return e.b
}

// EncodeInput returns the body of a request.
func (o Op[In, Out]) EncodeInput(in *In) []byte {
	var e encoder
	o.encodeInput(in, &e)
	return e.b
}

// Decode reads the body of a request and checks every limit of the model.
// Members that the model does not know are ignored; null is absent. Errors are
// *Error: SerializationException where the body is no JSON object,
// ValidationException with all offending members otherwise.
func (o Op[In, Out]) Decode(body []byte) (*In, error) {
	in := new(In)
	if err := decodeBody(body, func(d *decoder) { o.decodeInput(in, d) }); err != nil {
		return nil, err
	}
	return in, nil
}

// Token returns the ClientToken of a request and the hash of its other
// parameters. Both are empty where the request has no token. The hash does not
// depend on the order of the members or on how their values are written.
func (o Op[In, Out]) Token(in *In) (token string, hash [32]byte) {
	if o.token == nil || *o.token(in) == "" {
		return "", hash
	}
	bare := *in
	*o.token(&bare) = ""
	return *o.token(in), sha256.Sum256(o.EncodeInput(&bare))
}
