package message

// CodeOptedOut is kept with a part that was not sent because the person had opted
// out meanwhile.
const CodeOptedOut = "OPTED_OUT"
