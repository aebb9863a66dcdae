'use strict';

// A foreign SMPP peer, driven by the tests: an ESME (`node smpp_peer.js esme
// host:port`) or an SMSC (`node smpp_peer.js smsc system_id password`). It takes
// a JSON command a line on standard input and tells what node-smpp makes of the
// wire, a JSON event a line, on standard output. Requests are answered at once.

const readline = require('readline');
const smpp = require('smpp');

// Parameters of Indian operators; node-smpp knows those of SMPP 5.0 alone.
smpp.addTLV('in_entity_id', { id: 0x1400, type: smpp.types.tlv.string });
smpp.addTLV('in_template_id', { id: 0x1401, type: smpp.types.tlv.string });

const [role, ...rest] = process.argv.slice(2);
const sessions = new Map(); // by name: the test's for an ESME, a number for an SMSC
const refusals = []; // command_status for each of the next submit_sm
let accepted = 0;
let taken = 0;

function tell(event) {
  const octets = (_, v) => (v && v.type === 'Buffer' ? Buffer.from(v.data).toString('hex') : v);
  process.stdout.write(JSON.stringify(event, octets) + '\n');
}

// answer gives the answer to a request as options of node-smpp.
function answer(pdu) {
  if (pdu.command === 'submit_sm') {
    const status = refusals.shift() || smpp.ESME_ROK;
    return status ? { command_status: status } : { message_id: 'node-' + ++taken };
  }
  if (!pdu.command.startsWith('bind_')) {
    return {};
  }
  const [systemID, password] = rest;
  if (pdu.system_id !== systemID) {
    return { command_status: smpp.ESME_RINVSYSID };
  }
  return pdu.password === password ? { system_id: 'node-smsc', sc_interface_version: 0x34 } : { command_status: smpp.ESME_RINVPASWD };
}

function follow(name, session) {
  sessions.set(name, session);
  session.on('close', () => tell({ session: name, event: 'closed' }));
  session.on('error', (e) => tell({ session: name, event: 'error', error: String(e) }));
  session.on('pdu', (pdu) => {
    if (pdu.isResponse()) {
      tell({ session: name, event: 'response', pdu });
      return;
    }
    const options = answer(pdu);
    const answered = { message_id: options.message_id, command_status: options.command_status };
    session.send(pdu.response(options));
    tell({ session: name, event: 'request', pdu, answered });
    if (pdu.command === 'unbind') {
      session.close();
    }
  });
}

function connect(name) {
  const [host, port] = rest[0].split(':');
  const session = smpp.connect({ host, port: Number(port) }, () => tell({ session: name, event: 'connected' }));
  follow(name, session);
}

const octetsOf = (_, v) => (v && typeof v.hex === 'string' ? Buffer.from(v.hex, 'hex') : v);

function obey(line) {
  const order = JSON.parse(line, octetsOf);
  switch (order.do) {
    case 'connect':
      return connect(order.session);
    case 'refuse':
      return refusals.push(...order.with.statuses);
    case 'close':
      return sessions.get(order.session).close();
    default:
      return sessions.get(order.session)[order.do](order.with || {});
  }
}

readline.createInterface({ input: process.stdin }).on('line', obey).on('close', () => process.exit(0));

if (role === 'smsc') {
  const server = smpp.createServer((session) => follow(String(++accepted), session));
  server.listen(0, '127.0.0.1', () => tell({ event: 'listening', address: '127.0.0.1:' + server.address().port }));
}
