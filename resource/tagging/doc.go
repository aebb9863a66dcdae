// Package tagging holds the tags of resources of every kind, as in the Pinpoint
// SMS and Voice v2 API. Each kind keeps its own tags. Kinds that this server
// does not have are left out: nothing of them is found.
package tagging

// Differs(TagResource): a resource has at most tags_per_resource tags, 50 where the configuration says nothing; the model
// lets 200 pass.
