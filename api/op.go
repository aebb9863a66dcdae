package api

import "slices"

// Operation describes one operation.
type Operation struct {
	Name     string
	Errors   []string // exceptions it declares, in the model's order
	HasToken bool     // its input has a ClientToken
	Page     *Page    // nil where it has no pages
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

// Op is an operation together with the types of its input and output. Its
// values are generated, one an operation.
type Op[In, Out any] struct {
	Operation
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
