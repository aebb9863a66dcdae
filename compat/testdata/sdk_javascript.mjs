// Makes the calls of the life cycle with the JavaScript SDK: the plan comes on
// standard input, the report goes to standard output.
import { readFileSync } from "node:fs";
import * as sdk from "@aws-sdk/client-pinpoint-sms-voice-v2";

const plan = JSON.parse(readFileSync(0, "utf8"));
const shapes = new Map(plan.model.shapes.map((s) => [s.name, s]));
const operations = new Map(plan.model.operations.map((o) => [o.name, o]));
const client = new sdk.PinpointSMSVoiceV2Client({
  endpoint: plan.endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: plan.key, secretAccessKey: plan.secret },
  maxAttempts: 1,
});

// toNative gives JSON the types that the SDK takes: dates and octets.
function toNative(shapeName, value) {
  const shape = shapes.get(shapeName);
  switch (shape.type) {
    case "structure":
      return Object.fromEntries(shape.members.filter((m) => m.name in value).map((m) => [m.name, toNative(m.shape, value[m.name])]));
    case "list":
      return value.map((v) => toNative(shape.element, v));
    case "map":
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, toNative(shape.value, v)]));
    case "timestamp":
      return new Date(value * 1000);
    case "blob":
      return Buffer.from(value, "base64");
  }
  return value;
}

const javaScriptType = {
  string: (v) => typeof v === "string",
  integer: (v) => Number.isInteger(v),
  long: (v) => Number.isInteger(v),
  double: (v) => typeof v === "number",
  boolean: (v) => typeof v === "boolean",
  timestamp: (v) => v instanceof Date && Math.abs(v - Date.now()) < 3_600_000,
  blob: (v) => v instanceof Uint8Array,
  map: (v) => v.constructor === Object,
};

// misshapen lists members of an answer that are missing or of another type
// than the SDK declares.
function misshapen(at, shapeName, value) {
  const shape = shapes.get(shapeName);
  if (shape.type === "list") {
    return Array.isArray(value) ? value.flatMap((v, i) => misshapen(`${at}[${i}]`, shape.element, v)) : [`${at} is no list`];
  }
  if (shape.type !== "structure") {
    return javaScriptType[shape.type](value) ? [] : [`${at} is ${value}, no ${shape.type}`];
  }
  return shape.members.flatMap((m) => {
    const name = `${at}.${m.name}`;
    if (value[m.name] !== undefined) return misshapen(name, m.shape, value[m.name]);
    const member = shapes.get(m.shape);
    const written = member.type === "list" || (member.type === "boolean" && !member.boxed) || shape.required?.includes(m.name);
    return written ? [`${name} is missing`] : [];
  });
}

// exception gives the members of a typed exception.
function exception(error) {
  const type = sdk[error.name];
  if (!type || !(error instanceof type) || !(error instanceof sdk.PinpointSMSVoiceV2ServiceException)) {
    return { name: `no typed exception: ${error}` };
  }
  if (!error.$metadata.requestId) return { name: `${error.name} without a request id` };
  const { name, message, Reason, ResourceType, ResourceId, Fields, RequestId } = error;
  return { name, Message: message, Reason, ResourceType, ResourceId, Fields, RequestId };
}

function substitute(value, vars) {
  if (typeof value === "string" && value.startsWith("$")) return vars[value.slice(1)];
  if (Array.isArray(value)) return value.map((v) => substitute(v, vars));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, substitute(v, vars)]));
  return value;
}

const lacks = (value) => value === undefined || (typeof value === "object" && Object.values(value).some(lacks));

async function call(operation, input) {
  const { input: inputShape, output } = operations.get(operation);
  try {
    const { $metadata, ...answer } = await client.send(new sdk[`${operation}Command`](toNative(inputShape, input)));
    return { answer, wrong: misshapen(operation, output, answer) };
  } catch (error) {
    return { error: exception(error) };
  }
}

async function readPages(operation, input) {
  const pages = [];
  for await (const page of sdk[`paginate${operation}`]({ client, pageSize: 1 }, input)) pages.push(page);
  return { pages };
}

const inject = (operation, { exception, reason = "" }) => faults("PUT", [{ operation, exception, reason, count: 1 }]);

// faults sets those of the account, or reads those that are left.
async function faults(method, list) {
  const answer = await fetch(`${plan.console}/simulator/v1/faults`, {
    method,
    headers: { Authorization: `Basic ${btoa(`${plan.key}:${plan.secret}`)}` },
    body: list && JSON.stringify({ faults: list }),
  });
  if (!answer.ok) throw new Error(`${method} faults: HTTP ${answer.status}`);
  return (await answer.json()).faults;
}

const report = { known: [], steps: [], vars: {}, unbuilt: {}, exercised: [], declared: [] };
report.known = [...operations.keys()].filter((name) => sdk[`${name}Command`]);

for (const step of plan.steps) {
  const input = substitute(step.in ?? {}, report.vars);
  if (!report.known.includes(step.op) || !plan.built.includes(step.op) || lacks(input)) {
    report.steps.push({ skipped: "needs what is not built" });
    continue;
  }
  if (step.fault) await inject(step.op, step.fault);
  const result = await (step.pages ? readPages : call)(step.op, input);
  if (!result.error) report.exercised.push(step.op);
  for (const [name, member] of Object.entries(step.save ?? {})) {
    report.vars[name] = result.answer?.[member];
    if (!result.error && report.vars[name] === undefined) result.wrong.push(`no ${member}, which later steps need`);
  }
  report.steps.push(result);
}
for (const name of report.known.filter((name) => !plan.built.includes(name))) {
  report.unbuilt[name] = await call(name, plan.inputs[name]);
}
// Every exception that an operation declares, built or not.
const declared = [...operations.values()].flatMap((o) => o.errors.map((exception) => ({ operation: o.name, exception, count: 1 })));
await faults("PUT", declared);
for (const told of await faults("GET")) {
  report.declared.push({ told, met: (await call(told.operation, plan.inputs[told.operation])).error });
}
// After throttled calls the SDK keeps timers that would hold the process.
process.stdout.write(JSON.stringify(report), () => process.exit(0));
