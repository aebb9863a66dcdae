// Sends one text with the JavaScript SDK's own retries and prints the message's id.
import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from "@aws-sdk/client-pinpoint-sms-voice-v2";

const [endpoint, to, body] = process.argv.slice(2);
const client = new PinpointSMSVoiceV2Client({ endpoint, region: "us-east-1" });
const answer = await client.send(new SendTextMessageCommand({
  DestinationPhoneNumber: to, OriginationIdentity: "RETRY", MessageBody: body }));
console.log(answer.MessageId);
