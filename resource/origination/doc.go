// Package origination holds what a message can come from: phone numbers,
// sender IDs and pools of the Pinpoint SMS and Voice v2 API, with the rules of
// each operation. They refer to each other, so they live together. RCS agents
// are left out.
package origination
